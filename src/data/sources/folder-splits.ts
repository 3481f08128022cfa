import { existsSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { DataError } from '../../errors';
import { createRandom } from '../../random';
import { perSplit, SPLIT_NAMES, type SplitName } from '../../splits';
import type { Dataset, Scene } from '../dataset';

/** How people call the splits' folders and lists; the first that is there counts. */
export const FOLDERS_OF_SPLIT: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['val', 'validation', 'valid'],
  test: ['test', 'testing'],
};

/**
 * Splits scenes by lists of names, one per line, with or without folder and ending; what follows a name on its line is left out.
 *
 * @throws DataError for a name that is no scene or is in two splits, and where there is no list at all
 */
export function splitByLists(root: string, lists: string, scenes: readonly Scene[]): Dataset['splits'] {
  const byName = new Map(scenes.flatMap((scene) => [basename(scene.name), scene.name].map((name) => [name, scene])));
  const taken = new Map<Scene, string>();
  const splits = perSplit((split) => {
    const files = FOLDERS_OF_SPLIT[split].map((name) => join(root, lists.replaceAll('{split}', name)));
    const file = files.find((each) => existsSync(each));
    const lines = file === undefined ? [] : readFileSync(file, 'utf8').split('\n');
    return lines.flatMap((line, index) => {
      const [entry] = line.trim().split(/\s+/);
      if (entry === '') return [];
      const name = entry.slice(0, -extname(entry).length || undefined);
      const scene = byName.get(name) ?? byName.get(entry) ?? byName.get(basename(name));
      const remedy = 'name each scene in one list, as its file is called';
      if (!scene) throw new DataError(`${file}:${index + 1}: no image is called "${entry}"`, remedy);
      const other = taken.get(scene);
      if (other !== undefined)
        throw new DataError(`${file}:${index + 1}: names "${entry}", which ${other} names too`, remedy);
      taken.set(scene, `${file}:${index + 1}`);
      return [scene];
    });
  });
  if (taken.size === 0)
    throw new DataError(`${join(root, lists)}: no list of a split is there`, 'say where they are (data.folder.lists)');
  return splits;
}

interface Fractions {
  fractions: { validation: number; test: number; seed: number };
  /** Matches what scenes of one sequence have in common in their names. */
  sequence: string;
}

/**
 * Splits scenes by shares, whole sequences at a time: neighbours in a drive look alike, and a model that learned from one
 * would be tested on it. Sequences are shuffled and given to test and validation as long as that brings those nearer to
 * their shares; the rest is for training.
 *
 * @throws DataError when a share is asked for and there are too few sequences to give it any
 */
export function splitByFractions(scenes: readonly Scene[], { fractions, sequence }: Fractions): Dataset['splits'] {
  const pattern = new RegExp(sequence);
  const sequences = new Map<string, Scene[]>();
  for (const scene of scenes) {
    const key = pattern.exec(scene.name)?.[0] ?? scene.name;
    sequences.set(key, [...(sequences.get(key) ?? []), scene]);
  }
  const splits = perSplit((): Scene[] => []);
  for (const key of createRandom(fractions.seed)
    .fork('splits')
    .shuffle([...sequences.keys()].sort())) {
    const own = sequences.get(key)!;
    const nearer = (['test', 'validation'] as const).find((split) => {
      const missing = fractions[split] * scenes.length - splits[split].length;
      return Math.abs(missing - own.length) < Math.abs(missing);
    });
    splits[nearer ?? 'train'].push(...own);
  }
  const empty = SPLIT_NAMES.find((split) => splits[split].length === 0 && (split === 'train' || fractions[split] > 0));
  if (empty !== undefined && scenes.length > 0)
    throw new DataError(
      `the ${scenes.length} scenes are of ${sequences.size} sequences by their names, which leaves none for the ${empty} split`,
      'say what scenes of one sequence have in common (data.folder.sequence), or split by lists or folders (data.folder.splits)',
    );
  return perSplit((split) => splits[split].sort((a, b) => (a.name < b.name ? -1 : 1)));
}
