/**
 * The label table of Cityscapes, as `cityscapesscripts/helpers/labels.py` defines it. Every look-up table, palette,
 * legend and metric derives from this one table. CamVid and the synthetic scenes are expressed in the same ids.
 */

export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour as one number. */
export function colorValue(color: ArrayLike<number>): number {
  return (color[0] << 16) | (color[1] << 8) | color[2];
}

/** Such as `#804080`, of a {@link colorValue}. */
export function hexColor(value: number): string {
  return `#${value.toString(16).padStart(6, '0')}`;
}

export interface Label {
  /** Value of the label in `*_labelIds.png`; -1 (license plate) is never drawn there. */
  readonly id: number;
  readonly name: string;
  /** Cityscapes calls it the category. */
  readonly group: GroupName;
  /** Whether cityscapesScripts leaves the label out of its evaluation. */
  readonly ignoreInEvaluation: boolean;
  readonly color: Rgb;
}

/** The eight groups in Cityscapes' order; a group's index is its class in the model's output. */
export const GROUP_NAMES = ['void', 'flat', 'construction', 'object', 'nature', 'sky', 'human', 'vehicle'] as const;
export type GroupName = (typeof GROUP_NAMES)[number];

const label = (id: number, name: string, group: GroupName, ignoreInEvaluation: boolean, color: Rgb): Label => ({
  id,
  name,
  group,
  ignoreInEvaluation,
  color,
});

export const LABELS: readonly Label[] = [
  label(0, 'unlabeled', 'void', true, [0, 0, 0]),
  label(1, 'ego vehicle', 'void', true, [0, 0, 0]),
  label(2, 'rectification border', 'void', true, [0, 0, 0]),
  label(3, 'out of roi', 'void', true, [0, 0, 0]),
  label(4, 'static', 'void', true, [0, 0, 0]),
  label(5, 'dynamic', 'void', true, [111, 74, 0]),
  label(6, 'ground', 'void', true, [81, 0, 81]),
  label(7, 'road', 'flat', false, [128, 64, 128]),
  label(8, 'sidewalk', 'flat', false, [244, 35, 232]),
  label(9, 'parking', 'flat', true, [250, 170, 160]),
  label(10, 'rail track', 'flat', true, [230, 150, 140]),
  label(11, 'building', 'construction', false, [70, 70, 70]),
  label(12, 'wall', 'construction', false, [102, 102, 156]),
  label(13, 'fence', 'construction', false, [190, 153, 153]),
  label(14, 'guard rail', 'construction', true, [180, 165, 180]),
  label(15, 'bridge', 'construction', true, [150, 100, 100]),
  label(16, 'tunnel', 'construction', true, [150, 120, 90]),
  label(17, 'pole', 'object', false, [153, 153, 153]),
  label(18, 'polegroup', 'object', true, [153, 153, 153]),
  label(19, 'traffic light', 'object', false, [250, 170, 30]),
  label(20, 'traffic sign', 'object', false, [220, 220, 0]),
  label(21, 'vegetation', 'nature', false, [107, 142, 35]),
  label(22, 'terrain', 'nature', false, [152, 251, 152]),
  label(23, 'sky', 'sky', false, [70, 130, 180]),
  label(24, 'person', 'human', false, [220, 20, 60]),
  label(25, 'rider', 'human', false, [255, 0, 0]),
  label(26, 'car', 'vehicle', false, [0, 0, 142]),
  label(27, 'truck', 'vehicle', false, [0, 0, 70]),
  label(28, 'bus', 'vehicle', false, [0, 60, 100]),
  label(29, 'caravan', 'vehicle', true, [0, 0, 90]),
  label(30, 'trailer', 'vehicle', true, [0, 0, 110]),
  label(31, 'train', 'vehicle', false, [0, 80, 100]),
  label(32, 'motorcycle', 'vehicle', false, [0, 0, 230]),
  label(33, 'bicycle', 'vehicle', false, [119, 11, 32]),
  label(-1, 'license plate', 'vehicle', true, [0, 0, 142]),
];

/** The largest id a mask may hold; ids run from 0 without gaps. */
export const MAXIMUM_LABEL_ID = Math.max(...LABELS.map((entry) => entry.id));

/** The best-known label of each group. */
const GROUP_LABELS: Readonly<Record<GroupName, Label>> = {
  void: labelNamed('unlabeled'),
  flat: labelNamed('road'),
  construction: labelNamed('building'),
  object: labelNamed('traffic sign'),
  nature: labelNamed('vegetation'),
  sky: labelNamed('sky'),
  human: labelNamed('person'),
  vehicle: labelNamed('car'),
};

/** One colour a group: its best-known label's, so that a reduced mask still reads like Cityscapes' own (void is black). */
export const GROUP_COLORS = Object.fromEntries(
  GROUP_NAMES.map((group) => [group, GROUP_LABELS[group].color]),
) as Readonly<Record<GroupName, Rgb>>;

/** @returns the label of that name. @throws RangeError for a name that is not in the table. */
export function labelNamed(name: string): Label {
  const found = LABELS.find((entry) => entry.name === name);
  if (!found) throw new RangeError(`no label named "${name}" in the Cityscapes table`);
  return found;
}

/** @returns whether Cityscapes counts things of that label one by one, in `*_instanceIds.png`. */
export function hasInstances({ id, group }: Label): boolean {
  return id >= 0 && (group === 'human' || group === 'vehicle');
}

/** @returns a table from label id (0 to 33) to the index of its group in {@link GROUP_NAMES}. */
export function groupIndexByLabelId(): Uint8Array {
  const table = new Uint8Array(MAXIMUM_LABEL_ID + 1);
  for (const entry of LABELS) if (entry.id >= 0) table[entry.id] = GROUP_NAMES.indexOf(entry.group);
  return table;
}

/**
 * @returns a table from group index to the id of the group's best-known label: what a group looks like in a file of label
 *   ids, for Cityscapes' own tools. None of these ids but void's is left out of its evaluation.
 */
export function labelIdByGroupIndex(): Uint8Array {
  return Uint8Array.from(GROUP_NAMES, (group) => GROUP_LABELS[group].id);
}
