import { type ClassSet, IGNORED } from '../data/classes/class-set';
import type { SampleSource } from '../data/sample-source';
import type { tf } from '../tensorflow/tensorflow';
import { addedBins, type ConfidenceBin, confidenceBins } from './calibration';
import { type ConfusionMatrix, confusionMatrix } from './confusion-matrix';
import { InstanceIou, type InstanceScores, tellsLabelsApart } from './instance-iou';
import { LabelCounts } from './label-counts';
import { type MetricName, metricsOf, perMetric } from './metric';
import { type Metrics, metrics } from './metrics';
import { type Prediction, type PredictionOptions, predictions } from './predictions';
import type { SceneCounts } from './scene-counts';
import { type SceneThings, type SmallThings, thingsOfScene } from './small-things';

export interface SceneScore {
  name: string;
  /** Share of the scene's pixels that count whose class is right, 0 to 1. */
  pixelAccuracy: number;
}

/** How predictions did, by each metric. */
export interface ScoredPredictions {
  matrices: Record<MetricName, ConfusionMatrix>;
  metrics: Record<MetricName, Metrics>;
  /** In the order of the source. */
  scenes: SceneScore[];
  /** What all of these are computed from. */
  sceneCounts: SceneCounts;
  smallThings: SmallThings;
  /** How often what was predicted was right, by how sure the model was; where probabilities were handed over. */
  calibration?: ConfidenceBin[];
  /** iIoU; where the classes are Cityscapes' labels and the data set tells things apart. */
  instanceIou?: InstanceScores;
}

export interface Evaluation extends ScoredPredictions {
  /** How convolutions were computed where not by TensorFlow's own operation, by shape; it changes how results are rounded. */
  convolutionForms: Readonly<Record<string, string>>;
}

/** A scene with what was predicted for it, at whatever size. */
export interface ScenePrediction {
  name: string;
  /** In pixels. */
  width: number;
  height: number;
  /** True label id of each pixel, [height, width]. */
  labelIds: Uint8Array;
  /** Cityscapes' instance id of each pixel, in the same order; where the data set has them. */
  instanceIds?: Uint16Array;
  /** Predicted class of each pixel, in the same order. */
  predictedGroups: Uint8Array;
  /** Of each class at each pixel, [height, width, classes]; for calibration. */
  probabilities?: Float32Array;
}

/**
 * Evaluates a model on every scene of a source by each metric of its classes, one confusion matrix over the whole set.
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
  const scored = await evaluatePredictions(withInstances(predicted, source), options.classSet, (done) =>
    onScene?.(done, source.length),
  );
  return { ...scored, convolutionForms };
}

/** Predictions with what tells the things of their samples apart, where the source has it. */
export async function* withInstances(
  predicted: AsyncIterable<Prediction>,
  source: SampleSource,
): AsyncGenerator<ScenePrediction & { image: Uint8Array }> {
  let index = 0;
  for await (const prediction of predicted) {
    const instanceIds = await source.instanceIds?.(index);
    yield { ...prediction, height: prediction.labelIds.length / prediction.width, instanceIds };
    index += 1;
  }
}

/**
 * Evaluates predictions by each metric of their classes, one confusion matrix over all of them.
 *
 * @param onScene told after each scene how many are done
 */
export async function evaluatePredictions(
  predicted: AsyncIterable<ScenePrediction>,
  classSet: ClassSet,
  onScene?: (done: number) => void,
): Promise<ScoredPredictions> {
  const { classOfLabelId, labelIdOfClass } = classSet;
  const classes = classSet.classes.map(({ name }) => name);
  const counted: { name: string; counts: Float64Array }[] = [];
  const things: SceneThings[] = [];
  let calibration: ConfidenceBin[] | undefined;
  let instances: InstanceIou | undefined;
  for await (const { name, width, height, labelIds, instanceIds, predictedGroups, probabilities } of predicted) {
    const counts = new LabelCounts(classSet);
    counts.add(labelIds, predictedGroups);
    counted.push({ name, counts: counts.counts });
    const truth = labelIds.map((labelId) => classOfLabelId[labelId]);
    // What is predicted where nothing counts is no mistake.
    const seen = predictedGroups.map((found, pixel) => (truth[pixel] === IGNORED ? IGNORED : found));
    things.push(thingsOfScene(name, { width, height, truth, predicted: seen, instanceIds }, classSet));
    if (instanceIds && labelIdOfClass) {
      instances ??= new InstanceIou();
      const predictedIds = predictedGroups.map((found) => labelIdOfClass[found]);
      instances.add(labelIds, instanceIds, predictedIds, height);
    }
    if (probabilities) calibration = addedBins(calibration, confidenceBins(truth, probabilities, classes.length));
    onScene?.(counted.length);
  }
  const scores = scoresOfCounts({ classes, scenes: counted }, classSet);
  return {
    ...scores,
    smallThings: { classes, scenes: things },
    ...(calibration && { calibration }),
    ...(instances && { instanceIou: instanceScores(instances, classSet) }),
  };
}

function instanceScores(instances: InstanceIou, classSet: ClassSet): InstanceScores {
  const { groups, meanOfGroups, ...ofLabels } = instances.scores();
  return { ...(tellsLabelsApart(classSet) && ofLabels), groups, meanOfGroups };
}

/** @returns what follows from the counts of each scene: one confusion matrix over all, its scores, and each scene's */
export function scoresOfCounts(sceneCounts: SceneCounts, classSet: ClassSet): Omit<ScoredPredictions, 'smallThings'> {
  const wanted = metricsOf(classSet);
  const [own] = wanted;
  const all = new LabelCounts(classSet);
  const scenes = sceneCounts.scenes.map(({ name, counts }): SceneScore => {
    const scene = new LabelCounts(classSet);
    scene.counts.set(counts);
    all.merge(scene);
    return { name, pixelAccuracy: metrics(confusionMatrix(scene, own)).pixelAccuracy };
  });
  const matrices = perMetric(wanted, (metric) => confusionMatrix(all, metric));
  return {
    matrices,
    metrics: perMetric(wanted, (metric) => metrics(matrices[metric.name])),
    scenes,
    sceneCounts,
  };
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
