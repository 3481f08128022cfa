import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { DataError } from '../../errors';
import { createRandom } from '../../random';
import { perSplit, SPLIT_NAMES, type SplitName } from '../../splits';
import type { Dataset, Scene } from '../dataset';
import { isPictureName } from '../picture';

/** How people call the splits' folders and lists; the first that is there counts. */
export const FOLDERS_OF_SPLIT: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['train', 'training'],
  validation: ['val', 'validation', 'valid'],
  test: ['test', 'testing'],
};

/**
 * The scenes that lists name, one per line, as they are called or with a path from elsewhere and an ending; what follows a name on its
 * line is left out.
 *
 * @param names what the scenes are called, with their folders
 * @throws DataError for a name that is of no scene, may be of several or is in two splits, and where there is no list at all
 */
export function namesInLists(
  root: string,
  lists: string,
  names: readonly string[],
): Readonly<Record<SplitName, readonly string[]>> {
  const find = nameFinder(names);
  const taken = new Map<string, string>();
  const splits = perSplit((split) => {
    const files = FOLDERS_OF_SPLIT[split].map((name) => join(root, lists.replaceAll('{split}', name)));
    const file = files.find((each) => existsSync(each));
    const lines =
      file === undefined
        ? []
        : readFileSync(file, 'utf8')
            .split('\n')
            .map((line) => line.trim());
    return lines.flatMap((line, index) => {
      if (line === '') return [];
      const place = `${file}:${index + 1}`;
      const found = find(line);
      if (found.length === 0) throw new DataError(`${place}: no image is called "${line}"`, ONE_LIST);
      if (found.length > 1) throw new DataError(`${place}: "${line}" may be ${found.join(' or ')}`, ONE_LIST);
      const [name] = found;
      const other = taken.get(name);
      if (other !== undefined) throw new DataError(`${place}: names "${line}", which ${other} names too`, ONE_LIST);
      taken.set(name, place);
      return [name];
    });
  });
  if (taken.size === 0)
    throw new DataError(
      `${join(root, lists)}: no list of a split names a scene`,
      'say where they are (data.folder.lists)',
    );
  return splits;
}

const ONE_LIST = 'name each scene in one list, as its file is called, with its folder where others have that name';

/** Finds the names that a line may mean. */
function nameFinder(names: readonly string[]): (line: string) => readonly string[] {
  const known = new Set(names);
  const byEnd = new Map<string, string[]>();
  for (const name of names) for (const end of ends(name)) byEnd.set(end, [...(byEnd.get(end) ?? []), name]);
  const byPath = (path: string): readonly string[] => {
    const end = ends(withoutEnding(path)).find((each) => byEnd.has(each));
    return end === undefined ? [] : known.has(end) ? [end] : byEnd.get(end)!;
  };
  return (line) => {
    // A name may hold blanks, and what looks like an ending.
    const exact = [line, withoutEnding(line)].find((each) => known.has(each));
    return exact === undefined ? [...new Set([line.split(/\s/)[0], line].flatMap(byPath))] : [exact];
  };
}

/** A path, and what is left of it without its first folder, without its first two, … */
function ends(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(index).join('/'));
}

function withoutEnding(path: string): string {
  return isPictureName(path) ? path.slice(0, -extname(path).length) : path;
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
