import type { SampleSource } from '../data/sample-source';
import { GROUP_NAMES, groupIndexByLabelId } from '../labels';
import type { tf } from '../tensorflow/tensorflow';
import { CONVENTIONS, type ConfusionMatrix, type Convention, confusionMatrix } from './confusion-matrix';
import { LabelCounts } from './label-counts';
import { type Metrics, metrics } from './metrics';
import { type Prediction, type PredictionOptions, predictions } from './predict';
import type { SceneCounts } from './scene-counts';
import { type SceneThings, type SmallThings, thingsOfScene } from './small-things';

export interface SceneScore {
  name: string;
  /** Share of the scene's pixels whose group is right, 0 to 1. */
  pixelAccuracy: number;
}

export interface Judgement {
  matrices: Record<Convention, ConfusionMatrix>;
  metrics: Record<Convention, Metrics>;
  /** In the order of the source. */
  scenes: SceneScore[];
  /** What all of these are computed from. */
  sceneCounts: SceneCounts;
  smallThings: SmallThings;
}

export interface Evaluation extends Judgement {
  /** How convolutions were computed where not by TensorFlow's own operation, by shape; it changes how results are rounded. */
  convolutionForms: Readonly<Record<string, string>>;
}

/** A scene with what was predicted for it, at whatever size. */
export interface JudgedScene {
  name: string;
  /** In pixels. */
  width: number;
  height: number;
  /** True label id of each pixel, 0 to 33, [height, width]. */
  labelIds: Uint8Array;
  /** Cityscapes' instance id of each pixel, in the same order; where the data set has them. */
  instanceIds?: Uint16Array;
  /** Predicted group of each pixel, an index of GROUP_NAMES, in the same order. */
  predictedGroups: Uint8Array;
}

/**
 * Judges a model on every scene of a source by both conventions, one confusion matrix over the whole set.
 *
 * @param onScene told after each scene how many are done
 */
export async function evaluate(
  model: tf.LayersModel,
  source: SampleSource,
  options: PredictionOptions,
  onScene?: (done: number, total: number) => void,
): Promise<Evaluation> {
  let convolutionForms = {};
  const onPrepared: PredictionOptions['onPrepared'] = (prepared) => {
    options.onPrepared?.(prepared);
    ({ convolutionForms } = prepared);
  };
  const predicted = predictions(model, source, { ...options, onPrepared });
  const judgement = await judge(withInstances(predicted, source), (done) => onScene?.(done, source.length));
  return { ...judgement, convolutionForms };
}

async function* withInstances(predicted: AsyncIterable<Prediction>, source: SampleSource): AsyncGenerator<JudgedScene> {
  let index = 0;
  for await (const { name, width, labelIds, predictedGroups } of predicted) {
    const instanceIds = await source.instanceIds?.(index);
    yield { name, width, height: labelIds.length / width, labelIds, instanceIds, predictedGroups };
    index += 1;
  }
}

/**
 * Judges predictions by both conventions, one confusion matrix over all of them.
 *
 * @param onScene told after each scene how many are done
 */
export async function judge(
  predicted: AsyncIterable<JudgedScene>,
  onScene?: (done: number) => void,
): Promise<Judgement> {
  const groupOf = groupIndexByLabelId();
  const counted: { name: string; counts: Float64Array }[] = [];
  const things: SceneThings[] = [];
  for await (const { name, width, height, labelIds, instanceIds, predictedGroups } of predicted) {
    const counts = new LabelCounts();
    counts.add(labelIds, predictedGroups);
    counted.push({ name, counts: counts.counts });
    const truth = labelIds.map((labelId) => groupOf[labelId]);
    things.push(thingsOfScene(name, { width, height, truth, predicted: predictedGroups, instanceIds }, GROUP_NAMES));
    onScene?.(counted.length);
  }
  const sceneCounts = { classes: GROUP_NAMES, scenes: counted };
  return { ...judgementOf(sceneCounts), smallThings: { classes: GROUP_NAMES, scenes: things } };
}

/** @returns what follows from the counts of each scene: one confusion matrix over all, its scores, and each scene's */
export function judgementOf(sceneCounts: SceneCounts): Omit<Judgement, 'smallThings'> {
  const all = new LabelCounts();
  const scenes = sceneCounts.scenes.map(({ name, counts }): SceneScore => {
    const scene = new LabelCounts();
    scene.counts.set(counts);
    all.merge(scene);
    return { name, pixelAccuracy: metrics(confusionMatrix(scene, 'groups-8')).pixelAccuracy };
  });
  const perConvention = <T>(make: (convention: Convention) => T) =>
    Object.fromEntries(CONVENTIONS.map((convention) => [convention, make(convention)])) as Record<Convention, T>;
  const matrices = perConvention((convention) => confusionMatrix(all, convention));
  return { matrices, metrics: perConvention((convention) => metrics(matrices[convention])), scenes, sceneCounts };
}

/**
 * Chooses scenes to show: by name where names are given; else a count of them spread evenly from the worst predicted to
 * the best, so that neither failures nor successes are hidden.
 *
 * @returns indices into `scenes`
 * @throws RangeError for a name that is not there
 */
export function tellingScenes(scenes: readonly SceneScore[], wanted: number | readonly string[]): number[] {
  if (typeof wanted !== 'number')
    return wanted.map((name) => {
      const index = scenes.findIndex((scene) => scene.name === name);
      if (index < 0) throw new RangeError(`evaluation.panels names "${name}", which is not among the evaluated scenes`);
      return index;
    });
  const ranked = scenes.map((_, index) => index).sort((a, b) => scenes[a].pixelAccuracy - scenes[b].pixelAccuracy);
  const count = Math.min(wanted, ranked.length);
  return Array.from({ length: count }, (_, place) => ranked[Math.round(((place + 0.5) / count) * ranked.length - 0.5)]);
}
