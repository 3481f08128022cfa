import { DataError } from '../../errors';
import { perSplit, SPLIT_NAMES, type SplitName } from '../../splits';
import { classPixels } from '../class-distribution';
import type { ClassSet } from '../classes/class-set';
import { type Dataset, limited, type Scene, type SceneLimit } from '../dataset';
import { prepareScene } from '../prepare-scene';
import { edgesOf, type Offset, type SceneEdges } from './edges';
import { differenceHash, hashDistance } from './look-alikes';
import { assessMasks } from './masks-astray';

export const FINDINGS = {
  'no scene': 'a split that a training reads has no scene',
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
  /** How bad it is among those of its kind: the larger, the worse. */
  severity: number;
  /** Where its mask would follow the picture better, in pixels at {@link INSPECTED_HEIGHT}. */
  moved?: Offset;
  /** The scene that it looks like. */
  twin?: { split: SplitName; name: string };
}

/** How far masks could be held against their pictures. */
export interface MaskPower {
  /** Scenes that were read, and those whose masks have enough of a boundary to be assessed. */
  scenes: number;
  assessed: number;
  /** Of other scenes' masks, laid on the pictures that were assessed, the share that would be found, 0 to 1; NaN where none was. */
  power: number;
  /** Scenes without a finding, those first whose masks follow their pictures least. */
  least: readonly { split: SplitName; name: string; what: string }[];
}

export interface DataInspection {
  scenes: Readonly<Record<SplitName, number>>;
  /** The worst of each kind first. */
  findings: Finding[];
  masks: MaskPower;
  /** Of each class, its share of the counted pixels of each split, 0 to 1. */
  classes: readonly { name: string; shares: Readonly<Record<SplitName, number>> }[];
}

/** Height at which scenes are looked at. */
export const INSPECTED_HEIGHT = 96;
/** Pictures that differ in at most so many of 256 bits look alike. */
const ALIKE = 20;
/** How many scenes without a finding are named. */
const LEAST = 6;

interface Seen {
  split: SplitName;
  name: string;
  edges: SceneEdges;
  hash: Uint8Array;
}

/** What the check of masks against pictures can tell of this data set, in a sentence. */
export function maskPowerText({ scenes, assessed, power }: MaskPower): string {
  if (assessed === 0)
    return "no mask was held against its picture: other scenes' masks fit nearly as well, for want of scenes or of labels, or because most masks are astray";
  const rest = assessed === scenes ? '' : ', the others have too little of a boundary to tell a fault from chance';
  const found = Math.floor(power * 100);
  return `${assessed} of ${scenes} masks were held against their pictures${rest}; of other scenes' masks laid on these pictures, ${found} % would be found`;
}

/** The splits that are told of: those that a training reads, and the test split if it has scenes. */
export function inspectedSplits({ scenes }: Pick<DataInspection, 'scenes'>): SplitName[] {
  return SPLIT_NAMES.filter((split) => split !== 'test' || scenes[split] > 0);
}

/** Each class's share of the pixels of each split in per cent, as a table; a dash where no pixel was counted. */
export function sharesTable(inspection: DataInspection) {
  const splits = inspectedSplits(inspection);
  const shareText = (share: number) => (Number.isNaN(share) ? '–' : `${(share * 100).toFixed(2)} %`);
  return {
    header: ['Class', ...splits],
    rows: inspection.classes.map(({ name, shares }) => [name, ...splits.map((split) => shareText(shares[split]))]),
    text: [0],
  };
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
  const pixels = perSplit(() => new Float64Array(classes.length));
  const findings: Finding[] = [];
  const seen: Seen[] = [];
  for (const [index, { split, scene }] of used.entries()) {
    const sample = await readable(dataset, scene);
    if (sample instanceof DataError)
      findings.push({ kind: 'unreadable', split, name: scene.name, what: sample.problem, severity: 1 });
    else {
      classPixels(sample, classOfLabelId, classes.length).forEach((count, place) => {
        pixels[split][place] += count;
      });
      seen.push({ split, name: scene.name, edges: edgesOf(sample), hash: differenceHash(sample) });
    }
    onScene?.(index + 1, used.length);
  }
  const scenes = perSplit((split) => used.filter((each) => each.split === split).length);
  for (const split of ['train', 'validation'] as const)
    if (scenes[split] === 0) findings.push({ kind: 'no scene', split, name: 'split', what: 'no scene', severity: 1 });
  const totals = perSplit((split) => pixels[split].reduce((sum, count) => sum + count, 0));
  const empty = SPLIT_NAMES.filter((split) => seen.some((each) => each.split === split)).flatMap((split) =>
    classes.flatMap(({ name }, place): Finding[] =>
      pixels[split][place] > 0 ? [] : [{ kind: 'empty class', split, name, what: 'no pixel', severity: 1 }],
    ),
  );
  const { findings: astray, ...masks } = masksAstray(seen);
  return {
    scenes,
    findings: [...findings, ...astray, ...lookAlikes(seen), ...empty].sort((a, b) => b.severity - a.severity),
    masks,
    classes: classes.map(({ name }, place) => ({
      name,
      shares: perSplit((split) => pixels[split][place] / totals[split]),
    })),
  };
}

async function readable(dataset: Dataset, scene: Scene) {
  try {
    return await prepareScene(scene, { height: INSPECTED_HEIGHT }, dataset);
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

function masksAstray(seen: readonly Seen[]): MaskPower & { findings: Finding[] } {
  const { masks, limit, power } = assessMasks(seen.map(({ edges }) => edges));
  const assessed = masks.map((mask, index) => {
    const { split, name } = seen[index];
    return {
      ...mask,
      split,
      name,
      what: `it follows its picture ${mask.agreement.toFixed(2)} times as well as other scenes' masks do`,
    };
  });
  const findings = assessed.flatMap(({ verdict, agreement, moved, split, name, what }): Finding[] => {
    if (moved !== undefined) {
      const better = `${moved.agreement.toFixed(2)} times when it is moved ${offsetText(moved.offset)} of ${INSPECTED_HEIGHT} rows`;
      const severity = moved.agreement / agreement;
      return [{ kind: 'shifted', split, name, what: `${what}, and ${better}`, severity, moved: moved.offset }];
    }
    if (verdict !== 'other scene') return [];
    return [
      {
        kind: 'other scene',
        split,
        name,
        what: `${what}; ${limit.toFixed(2)} times is expected`,
        severity: limit / agreement,
      },
    ];
  });
  const least = assessed
    .filter(({ verdict, agreement }) => !['other scene', 'shifted'].includes(verdict) && !Number.isNaN(agreement))
    .sort((a, b) => a.agreement - b.agreement)
    .slice(0, LEAST);
  return {
    scenes: seen.length,
    assessed: masks.filter(({ verdict }) => verdict !== 'not assessed').length,
    power,
    least: least.map(({ split, name, what }) => ({ split, name, what })),
    findings,
  };
}

/** Such as `3 left and 1 down`. */
function offsetText([right, down]: Offset): string {
  const parts = [
    { by: right, words: ['left', 'right'] },
    { by: down, words: ['up', 'down'] },
  ];
  return parts
    .filter(({ by }) => by !== 0)
    .map(({ by, words: [less, more] }) => `${Math.abs(by)} ${by < 0 ? less : more}`)
    .join(' and ');
}

function lookAlikes(seen: readonly Seen[]): Finding[] {
  return seen.flatMap((one, index) =>
    seen.slice(index + 1).flatMap((other): Finding[] => {
      if (one.split === other.split) return [];
      const distance = hashDistance(one.hash, other.hash);
      if (distance > ALIKE) return [];
      const what = `looks like ${other.name} of the ${other.split} split (${distance} of 256 bits differ)`;
      const twin = { split: other.split, name: other.name };
      return [{ kind: 'look-alike', split: one.split, name: one.name, what, severity: ALIKE - distance, twin }];
    }),
  );
}
