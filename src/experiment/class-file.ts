import path from 'node:path';
import { readText } from '../configuration/inheritance';
import { mergeSourced, type Sourced, sourcedAt, valueAt } from '../configuration/sourced';
import { parseYaml } from '../configuration/yaml-source';
import { shownPath } from '../files/project-path';

const CLASSES = ['data', 'classes'];

/**
 * With the list of classes that `data.classes: { file: classes.yaml }` names in its place, so that what the file says is part of
 * an experiment, and not where it lies. The path is relative to the project folder.
 *
 * @throws InvalidConfigurationError when the file is missing or no YAML
 */
export function withClassesOfFile(written: Sourced, root: string): Sourced {
  const classes = sourcedAt(written, CLASSES);
  const named = classes?.entries?.get('file');
  // Anything else that is no class set is told by the schema.
  if (classes?.entries?.size !== 1 || typeof named?.scalar !== 'string') return written;
  const file = path.resolve(root, named.scalar);
  const shown = shownPath(file, root);
  const text = readText(file, shown, root, { place: named.place, key: [...CLASSES, 'file'].join('.') });
  return mergeSourced(written, valueAt(CLASSES, parseYaml(text, shown)));
}
