import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { shownPath, staysInProject } from '../files/project-path';
import type { ConfigurationFormat } from './configuration-format';
import { invalid, type Place } from './configuration-problem';
import { nearestFilePath } from './nearest-file';
import { withCurrentKeys } from './renamed-keys';
import { mergeSourced, type Sourced } from './sourced';
import { parseYaml } from './yaml-source';

/** The place that asks for a file, and the key that stands there. */
export interface Referrer {
  place: Place;
  key: string;
}

/**
 * Reads a YAML file and everything it extends (`extends: ./parent.yaml`, relative to the file that says so), the nearer
 * file winning. The format's `ownKeys` are not inherited.
 *
 * @param file absolute path
 * @param referrer named when the file does not exist
 * @param children the files that extend this one, the farthest first
 * @throws InvalidConfigurationError when a file is missing, is not a mapping or extends itself
 */
export function readWithParents(
  file: string,
  root: string,
  format: ConfigurationFormat,
  referrer?: Referrer,
  children: readonly string[] = [],
): Sourced {
  const shown = shownPath(file, root);
  if (children.includes(file)) {
    const cycle = [...children.slice(children.indexOf(file)), file].map((each) => shownPath(each, root)).join(' → ');
    const message = `files extend each other: ${cycle}`;
    throw invalid(referrer!.place, 'extends', message, 'Take `extends` out of one of them.');
  }

  const layer = withCurrentKeys(parseYaml(readText(file, shown, root, referrer), shown), format);
  if (!layer.entries) {
    const message = `${layer.scalar === null ? 'the file is empty; ' : ''}expected keys and values, as in \`seed: 1\``;
    throw invalid(layer.place, '', message, format.remedy);
  }

  const parentName = layer.entries.get('extends');
  if (!parentName) return layer;
  layer.entries.delete('extends');
  if (typeof parentName.scalar !== 'string') {
    const message = 'expected the path of one YAML file, relative to this one';
    throw invalid(parentName.place, 'extends', message, format.remedy);
  }
  const parentFile = path.resolve(path.dirname(file), parentName.scalar);
  if (staysInProject(shown) && !path.isAbsolute(parentName.scalar) && path.isAbsolute(shownPath(parentFile, root))) {
    const message = `${parentName.scalar} leads out of the project`;
    const remedy = 'Extend a file of the project, or give the absolute path of another one.';
    throw invalid(parentName.place, 'extends', message, remedy);
  }
  const extending = { place: parentName.place, key: 'extends' };
  const parent = readWithParents(parentFile, root, format, extending, [...children, file]);
  for (const key of format.ownKeys ?? []) parent.entries?.delete(key);
  return mergeSourced(parent, layer);
}

/**
 * The text of a YAML file.
 *
 * @param file absolute path
 * @param shown how the file is told of
 * @throws InvalidConfigurationError when it cannot be read, at the place that names it
 */
export function readText(file: string, shown: string, root: string, referrer?: Referrer): string {
  const extending = referrer?.key === 'extends' ? path.dirname(path.resolve(root, referrer.place.file)) : undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const problem = unreadable((cause as { code?: string }).code, file, shown, root, extending);
    const base = extending === undefined ? 'the project folder' : 'the file that says `extends`';
    const remedy = `Correct the path; it is relative to ${base}.`;
    throw referrer
      ? invalid(referrer.place, referrer.key, `${shown}: ${problem}`, remedy)
      : invalid({ file: shown }, '', problem, remedy);
  }
}

/**
 * Why a file cannot be read, and which one may be meant.
 *
 * @param extending the folder that the path was written relative to, where it is not the project's
 */
function unreadable(code: string | undefined, file: string, shown: string, root: string, extending?: string): string {
  const asWritten = (meant: string) =>
    extending === undefined ? meant : path.relative(extending, path.join(root, meant)).split(path.sep).join('/');
  if (code === 'EISDIR') {
    const held = readdirSync(file).filter((name) => /\.ya?ml$/.test(name));
    return `is a folder, expected a YAML file${held.length > 0 ? `; it holds ${held.sort().join(', ')}` : ''}`;
  }
  if (code !== 'ENOENT') return `cannot be read (${code})`;
  // Often a path from the project's folder, as other settings have it.
  const fromRoot = extending === undefined ? undefined : shownPath(path.relative(extending, file), root);
  const isThere = fromRoot !== undefined && existsSync(path.resolve(root, fromRoot));
  const meant = isThere ? fromRoot : nearestFilePath(shown, root);
  return `no such file${meant ? `; did you mean ${asWritten(meant)}?` : ''}`;
}
