import { DataError } from '../../errors';
import { SPLIT_NAMES, type SplitName } from '../../splits';
import { type ClassSet, IGNORED } from '../classes/class-set';
import { type Dataset, limited, type Scene, type SceneLimit } from '../dataset';
import { prepareScene } from '../prepare-scene';
import { agreement, bestOffset, edgesOf, type SceneEdges } from './edges';
import { differenceHash, hashDistance } from './look-alikes';

export const FINDINGS = {
  unpaired: 'an image has no mask, or a mask no image, and is left out',
  unreadable: 'a pair cannot be read, does not fit, or holds unknown values',
  'other scene': 'a mask does not follow its picture: it may be that of another scene',
  shifted: 'a mask follows its picture better when it is moved',
  'look-alike': 'scenes of two splits look alike',
  'empty class': 'a class has no pixel in a split that is used',
} as const;
export type FindingKind = keyof typeof FINDINGS;

export interface Finding {
  kind: FindingKind;
  /** Absent where it is of a file and not of a scene. */
  split?: SplitName;
  /** The scene, the class or the file. */
  name: string;
  /** What was found, with figures. */
  what: string;
}

export interface DataInspection {
  scenes: Readonly<Record<SplitName, number>>;
  findings: Finding[];
  /** Of each class, its share of the counted pixels of each split, 0 to 1. */
  classes: readonly { name: string; shares: Readonly<Record<SplitName, number>> }[];
}

/** Height at which scenes are looked at. */
const HEIGHT = 96;
/** Masks are tried in places so many pixels away, at that height. */
const REACH = 6;
/** How much better another place has to be. */
const BETTER = 1.1;
/** A mask agrees with its own picture at least so many times as well as with others'. */
const OWN = 1.15;
const OTHERS = 12;
/** Pictures that differ in at most so many of 256 bits look alike. */
const ALIKE = 20;

interface Seen {
  split: SplitName;
  name: string;
  edges: SceneEdges;
  hash: Uint8Array;
}

/** Looks at every scene of a data set for what a training would not notice. */
export async function inspectDataset(
  dataset: Dataset,
  { classes, classOfLabelId }: Pick<ClassSet, 'classes' | 'classOfLabelId'>,
  {
    limit = {},
    onScene,
  }: { limit?: Partial<Record<SplitName, SceneLimit>>; onScene?: (done: number, total: number) => void } = {},
): Promise<DataInspection> {
  const used = SPLIT_NAMES.flatMap((split) =>
    limited(dataset.splits[split], limit[split]).map((scene) => ({ split, scene })),
  );
  const pixels = SPLIT_NAMES.map(() => new Float64Array(classes.length));
  const findings: Finding[] = [];
  const seen: Seen[] = [];
  for (const [index, { split, scene }] of used.entries()) {
    const sample = await readable(dataset, scene);
    if (sample instanceof DataError)
      findings.push({ kind: 'unreadable', split, name: scene.name, what: sample.problem });
    else {
      const counts = pixels[SPLIT_NAMES.indexOf(split)];
      for (const labelId of sample.labelIds)
        if (classOfLabelId[labelId] !== IGNORED) counts[classOfLabelId[labelId]] += 1;
      seen.push({ split, name: scene.name, edges: edgesOf(sample), hash: differenceHash(sample) });
    }
    onScene?.(index + 1, used.length);
  }
  const totals = pixels.map((counts) => counts.reduce((sum, count) => sum + count, 0));
  const shares = (place: number) =>
    Object.fromEntries(SPLIT_NAMES.map((split, index) => [split, pixels[index][place] / totals[index]]));
  const empty = SPLIT_NAMES.flatMap((split, index) =>
    totals[index] === 0
      ? []
      : classes.flatMap(({ name }, place): Finding[] =>
          pixels[index][place] > 0 ? [] : [{ kind: 'empty class', split, name, what: 'no pixel' }],
        ),
  );
  return {
    scenes: Object.fromEntries(
      SPLIT_NAMES.map((split) => [split, used.filter((each) => each.split === split).length]),
    ) as Record<SplitName, number>,
    findings: [...findings, ...masksAstray(seen), ...lookAlikes(seen), ...empty],
    classes: classes.map(({ name }, place) => ({ name, shares: shares(place) as Record<SplitName, number> })),
  };
}

async function readable(dataset: Dataset, scene: Scene) {
  try {
    return await prepareScene(scene, { height: HEIGHT }, dataset);
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

function masksAstray(seen: readonly Seen[]): Finding[] {
  // Frames that follow each other in a film have nearly the same mask, so others are taken from all over the data set.
  const apart = Math.max(1, Math.floor(seen.length / (OTHERS + 1)));
  return seen.flatMap(({ split, name, edges }, index): Finding[] => {
    const own = agreement(edges, edges);
    if (Number.isNaN(own)) return [];
    const others = Array.from({ length: Math.min(OTHERS, seen.length - 1) }, (_, step) =>
      agreement(edges, seen[(index + (1 + step) * apart) % seen.length].edges),
    ).filter((value) => !Number.isNaN(value));
    const best = bestOffset(edges, REACH);
    const figures = `edges are ${own.toFixed(2)} times as strong at its boundaries as elsewhere`;
    if (Math.max(...best.offset.map(Math.abs)) > 1 && best.agreement > BETTER * own) {
      const [right, down] = best.offset;
      const moved = `${best.agreement.toFixed(2)} when it is moved ${right} right and ${down} down of ${HEIGHT} rows`;
      return [{ kind: 'shifted', split, name, what: `${figures}, ${moved}` }];
    }
    const mean = others.reduce((sum, value) => sum + value, 0) / others.length;
    if (others.length < 3 || own >= OWN * mean) return [];
    return [{ kind: 'other scene', split, name, what: `${figures}, and ${mean.toFixed(2)} at those of other masks` }];
  });
}

function lookAlikes(seen: readonly Seen[]): Finding[] {
  return seen.flatMap((one, index) =>
    seen.slice(index + 1).flatMap((other): Finding[] => {
      if (one.split === other.split) return [];
      const distance = hashDistance(one.hash, other.hash);
      if (distance > ALIKE) return [];
      const what = `looks like ${other.name} of the ${other.split} split (${distance} of 256 bits differ)`;
      return [{ kind: 'look-alike', split: one.split, name: one.name, what }];
    }),
  );
}
