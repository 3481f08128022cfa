import path from 'node:path';
import { stringify } from 'yaml';
import { shortHash } from '../configuration/canonical-json';
import { InvalidConfigurationError } from '../configuration/configuration-problem';
import { withCurrentDottedKeys } from '../configuration/renamed-keys';
import { mergeSourced, plainValue, valueAt } from '../configuration/sourced';
import { parseYaml } from '../configuration/yaml-source';
import { writeFile } from '../files/write-file';
import { EXPERIMENT_FORMAT } from './experiment-format';
import { loadExperiment } from './load';
import { IgnoredValues } from './obeyed-keys';

/** Where the experiments made by {@link override} are kept, below the project folder. */
const FOLDER = '.cache/experiments';

/**
 * An experiment with some of its values replaced, as `--set` does on the command line:
 *
 *     experiment = override(experiment, 'training.epochs: 3');
 *
 * It is a file that extends the other one: its run has a folder of its own, the same as with `--set`.
 *
 * @param experiment the path of its YAML
 * @param yaml keys and values, dotted or nested; nothing leaves the experiment as it is
 * @returns the path of the new experiment's YAML
 * @throws InvalidConfigurationError for what is no YAML, an unknown key (naming the nearest), a wrong value, or one that
 *   would reach nothing
 */
export function override(experiment: string, yaml: string, { root = process.cwd() } = {}): string {
  const written = parseYaml(yaml, 'override');
  if (written.scalar === null) return experiment;
  if (!written.entries) {
    const message = 'expected keys and values, as in training.epochs: 3';
    throw new InvalidConfigurationError([{ place: written.place, key: '', message }], EXPERIMENT_FORMAT.remedy);
  }
  const layers = [...withCurrentDottedKeys(written, EXPERIMENT_FORMAT).entries!].map(([key, value]) =>
    valueAt(key.split('.'), value),
  );
  const { path: base, experiment: overridden } = loadExperiment(experiment, { layers, root });
  const ignored = new IgnoredValues();
  ignored.add(layers, overridden);
  ignored.requireNone();

  const { name, description } = overridden;
  const values = plainValue(layers.reduce(mergeSourced)) as object;
  const file = `${FOLDER}/${name}-${shortHash([base, values])}.yaml`;
  const parent = path.isAbsolute(base) ? base : path.relative(FOLDER, base);
  writeFile(path.resolve(root, file), stringify({ extends: parent, name, description, ...values }));
  return file;
}
