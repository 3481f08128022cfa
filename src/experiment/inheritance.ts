import { readFileSync } from 'node:fs';
import path from 'node:path';
import { InvalidExperimentError, type Place } from './configuration-problem';
import { nearestFile } from './nearest-file';
import { shownPath, staysInProject } from './project-path';
import { withCurrentKeys } from './renamed-keys';
import { mergeSourced, type Sourced } from './sourced';
import { parseYaml } from './yaml-source';

/** What says who a file is, and so is never taken from the file it extends. */
const IDENTITY = ['name', 'description', 'folder'];

/**
 * Reads a YAML file and everything it extends (`extends: ./parent.yaml`, relative to the file that says so), the nearer
 * file winning. `name`, `description` and `folder` are not inherited: a variant that kept its parent's folder would write
 * over its results.
 *
 * @param file absolute path
 * @param referrer the place that asked for the file, named when it does not exist
 * @throws InvalidExperimentError when a file is missing, is not a mapping or extends itself
 */
export function readWithParents(file: string, root: string, referrer?: { place: Place; key: string }): Sourced {
  return readChain(file, root, referrer, []);
}

function readChain(
  file: string,
  root: string,
  referrer: { place: Place; key: string } | undefined,
  children: string[],
): Sourced {
  const shown = shownPath(file, root);
  if (children.includes(file)) {
    const cycle = [...children.slice(children.indexOf(file)), file].map((each) => shownPath(each, root)).join(' → ');
    throw new InvalidExperimentError(
      [{ place: referrer!.place, key: 'extends', message: `files extend each other: ${cycle}` }],
      'Take `extends` out of one of them.',
    );
  }

  const layer = withCurrentKeys(parseYaml(readText(file, shown, root, referrer), shown));
  if (layer.scalar === null) return { place: layer.place, entries: new Map() };
  if (!layer.entries) {
    const message = 'expected keys and values, as in `seed: 1`';
    throw new InvalidExperimentError([{ place: layer.place, key: '', message }]);
  }

  const parentName = layer.entries.get('extends');
  if (!parentName) return layer;
  layer.entries.delete('extends');
  if (typeof parentName.scalar !== 'string') {
    const message = 'expected the path of one YAML file, relative to this one';
    throw new InvalidExperimentError([{ place: parentName.place, key: 'extends', message }]);
  }
  const parentFile = path.resolve(path.dirname(file), parentName.scalar);
  if (staysInProject(shown) && !path.isAbsolute(parentName.scalar) && path.isAbsolute(shownPath(parentFile, root))) {
    const message = `${parentName.scalar} leads out of the project`;
    throw new InvalidExperimentError(
      [{ place: parentName.place, key: 'extends', message }],
      'Extend a file of the project, or give the absolute path of another one.',
    );
  }
  const parent = readChain(parentFile, root, { place: parentName.place, key: 'extends' }, [...children, file]);
  for (const key of IDENTITY) parent.entries?.delete(key);
  return mergeSourced(parent, layer);
}

function readText(file: string, shown: string, root: string, referrer?: { place: Place; key: string }): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as { code?: string }).code;
    const problem = code === 'ENOENT' ? `no such file${nearestFile(shown, root)}` : `cannot be read (${code})`;
    throw new InvalidExperimentError(
      [
        referrer
          ? { ...referrer, message: `${shown}: ${problem}` }
          : { place: { file: shown }, key: '', message: problem },
      ],
      referrer?.key === 'extends'
        ? 'Correct the path; it is relative to the file that says `extends`.'
        : 'Correct the path; it is relative to the project folder.',
    );
  }
}
