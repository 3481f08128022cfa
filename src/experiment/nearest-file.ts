import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { nearest } from './nearest';

/**
 * What to add to "no such file": `; did you mean experiments/camvid/base.yaml?` where a file of the same kind, below the
 * same folder of the project, is called nearly so; else nothing.
 *
 * @param shown the path that was given, relative to the project folder
 */
export function nearestFile(shown: string, root: string): string {
  const [folder, ...rest] = path.posix.normalize(shown).split('/');
  const place = path.join(root, folder);
  if (rest.length === 0 || folder === '' || folder === '..' || !existsSync(place)) return '';
  const kind = path.extname(shown);
  const nameOf = (file: string) => file.slice(0, file.length - kind.length);
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.extname(file) === kind)
    .map((file) => nameOf(file.split(path.sep).join('/')));
  const near = nearest(nameOf(rest.join('/')), names);
  return near ? `; did you mean ${folder}/${near}${kind}?` : '';
}
