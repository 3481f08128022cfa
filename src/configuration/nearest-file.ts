import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { nearestWord } from './nearest-word';

/**
 * A file that is called nearly as one that is not there, of the same kind and below the same folder of the project; where
 * the ending was left out, a YAML.
 *
 * @param shown the path that was given, relative to the project folder
 * @returns its path, relative to the project folder
 */
export function nearestFilePath(shown: string, root: string): string | undefined {
  const [folder, ...rest] = path.posix.normalize(shown).split('/');
  const place = path.join(root, folder);
  if (rest.length === 0 || folder === '' || folder === '..' || !existsSync(place)) return undefined;
  const given = path.extname(shown);
  const kind = given || '.yaml';
  const names = readdirSync(place, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => path.extname(file) === kind && statSync(path.join(place, file), { throwIfNoEntry: false })?.isFile(),
    )
    .map((file) => file.slice(0, -kind.length).split(path.sep).join('/'));
  const near = nearestWord(rest.join('/').slice(0, given ? -given.length : undefined), names);
  return near && `${folder}/${near}${kind}`;
}

/** What to add to "no such file": `; did you mean experiments/camvid/base.yaml?`, or nothing. */
export function nearestFile(shown: string, root: string): string {
  const near = nearestFilePath(shown, root);
  return near ? `; did you mean ${near}?` : '';
}
