import type { SampleSource } from '../data/sample-source';
import type { tf } from '../tensorflow/tensorflow';
import { CONVENTIONS, type ConfusionMatrix, type Convention, confusionMatrix } from './confusion-matrix';
import { LabelCounts } from './label-counts';
import { type Metrics, metrics } from './metrics';
import { type PredictionOptions, predictions } from './predict';

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
}

export interface Evaluation extends Judgement {
  /** How convolutions were computed where not by TensorFlow's own operation, by shape; it changes how results are rounded. */
  convolutionForms: Readonly<Record<string, string>>;
}

/** A scene with what was predicted for it, at whatever size. */
export interface JudgedScene {
  name: string;
  /** True label id of each pixel, 0 to 33. */
  labelIds: Uint8Array;
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
  const judgement = await judge(predicted, (done) => onScene?.(done, source.length));
  return { ...judgement, convolutionForms };
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
  const counts = new LabelCounts();
  const scenes: SceneScore[] = [];
  for await (const { name, labelIds, predictedGroups } of predicted) {
    const scene = new LabelCounts();
    scene.add(labelIds, predictedGroups);
    counts.merge(scene);
    scenes.push({ name, pixelAccuracy: metrics(confusionMatrix(scene, 'groups-8')).pixelAccuracy });
    onScene?.(scenes.length);
  }
  const perConvention = <T>(make: (convention: Convention) => T) =>
    Object.fromEntries(CONVENTIONS.map((convention) => [convention, make(convention)])) as Record<Convention, T>;
  const matrices = perConvention((convention) => confusionMatrix(counts, convention));
  return { matrices, metrics: perConvention((convention) => metrics(matrices[convention])), scenes };
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
