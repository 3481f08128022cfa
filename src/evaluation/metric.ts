import { CLASS_SETS } from '../data/classes';
import { type ClassSet, IGNORED } from '../data/classes/class-set';
import { GROUP_NAMES, groupIndexByLabelId, LABELS } from '../labels';

/** Such as `groups-8`; results are always told with the name of the metric that they are by. */
export type MetricName = string;

/** A way of counting: which pixels count, and as what. */
export interface Metric {
  readonly name: MetricName;
  /** Names of the rows (truth) and columns (prediction) of its confusion matrix. */
  readonly classes: readonly string[];
  /** Row of each true label id; {@link IGNORED} where such pixels do not count. */
  readonly rowOfLabelId: Uint8Array;
  /** Column of each output channel. */
  readonly columnOfClass: Uint8Array;
  /** Classes that have no score of their own, though predicting them is a miss. */
  readonly unscored: readonly string[];
}

/**
 * The metrics that a model of some classes is evaluated by:
 * - the one named as its class set, such as `groups-8`: every pixel counts, by its class, but those that the set ignores;
 * - `official-7`, where the labels are Cityscapes': what cityscapesScripts prints as category IoU. Only pixels whose true
 *   label it evaluates count, so void truth costs nothing, while void predicted on a valid pixel is a miss.
 */
export function metricsOf(classes: ClassSet): readonly Metric[] {
  const ofSet: Metric = {
    name: classes.name,
    classes: classes.classes.map(({ name }) => name),
    rowOfLabelId: classes.classOfLabelId,
    columnOfClass: Uint8Array.from(classes.classes, (_, index) => index),
    unscored: [],
  };
  return classes.labelIdOfClass ? [ofSet, official7(classes.labelIdOfClass)] : [ofSet];
}

/** `getIouScoreForCategory` in cityscapesScripts' evalPixelLevelSemanticLabeling.py; it has no score for void. */
function official7(labelIdOfClass: Uint8Array): Metric {
  const groupOf = groupIndexByLabelId();
  const rowOfLabelId = groupOf.slice();
  for (const { id, ignoreInEvaluation } of LABELS) if (id >= 0 && ignoreInEvaluation) rowOfLabelId[id] = IGNORED;
  return {
    name: 'official-7',
    classes: GROUP_NAMES,
    rowOfLabelId,
    columnOfClass: labelIdOfClass.map((id) => groupOf[id]),
    unscored: ['void'],
  };
}

/** @returns one value for each metric, by its name */
export function perMetric<T>(metrics: readonly Metric[], make: (metric: Metric) => T): Record<MetricName, T> {
  return Object.fromEntries(metrics.map((metric) => [metric.name, make(metric)]));
}

/** What the classes of a metric, or of a class set of that name, are called; Cityscapes' categories are groups of its classes. */
export function wordsOf(name: MetricName): { one: string; many: string } {
  return ['groups-8', 'official-7'].includes(name)
    ? { one: 'group', many: 'groups' }
    : { one: 'class', many: 'classes' };
}

/** What a metric counts, in one line for the reader of a figure or table. */
export function metricNote(name: MetricName): string {
  if (name === 'official-7')
    return 'The category IoU of cityscapesScripts: only pixels whose true label it evaluates count';
  const { note } = Object.values<ClassSet>(CLASS_SETS).find((set) => set.name === name) ?? {};
  return note ?? 'Every pixel counts, by its class, but those that the class set ignores';
}
