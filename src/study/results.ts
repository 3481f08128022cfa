import { readFileSync } from 'node:fs';
import path from 'node:path';
import { flattened } from '../configuration/flattened';
import { recordedValues } from '../experiment/run-folder';
import { type Experiment, experimentSchema } from '../experiment/schema';
import { type EpochRecord, readHistory } from '../training/history';
import { type EvaluationRecord, evaluationFolder, evaluationFolders, isOfCheckpoint } from './evaluation-record';
import { readMetricsFile, storedModels } from './metrics-files';

/** What a run left in its folder, as far as it is there. */
export interface RunResults {
  /** The resolved experiment's values by dotted key, those that it does not say by their defaults; lists are one value. */
  configuration: Record<string, unknown>;
  /** Numbers by name, the telling ones first; null for one that does not exist, such as the IoU of an absent group. */
  scores: Record<string, number | null>;
  /** What the scores were measured on. */
  setting?: string;
  /** The one that the run's experiment asks for first, then the newest; the first one's scores are `scores`. */
  evaluations: FoundEvaluation[];
  history: EpochRecord[];
  /** The resolved experiment, where it is one of today. */
  experiment?: Experiment;
}

/** An evaluation of a run. */
export interface FoundEvaluation {
  /** Its folder below the run's; empty where scores lie in the run's own folder, as those of a comparison do. */
  folder: string;
  scores: RunResults['scores'];
  setting?: string;
  /** Fingerprint of the contents of the scenes; older evaluations do not say. */
  data?: string;
  /** Which scenes, and how they were seen; older evaluations do not say. */
  measured?: Pick<EvaluationRecord, 'split' | 'resolution' | 'scenes'>;
}

/**
 * Reads a run folder. What is missing, or half written by a run that is going on, is left out; so are evaluations of other
 * weights than those that are there.
 */
export function readRunResults(folder: string): RunResults {
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  const read = <T>(name: string, decode: (text: string) => T): T | undefined =>
    attempt(() => decode(readFileSync(path.join(folder, name), 'utf8')));
  const history = attempt(() => readHistory(folder)) ?? [];
  const recorded = read('experiment.yaml', recordedValues) ?? {};
  const evaluationIn = (place: string): FoundEvaluation | undefined => {
    const metrics = read(path.join(place, 'metrics.json'), (text): unknown => JSON.parse(text));
    if (metrics === undefined) return undefined;
    const { setting, evaluation } = metrics as { setting?: string; evaluation?: EvaluationRecord };
    const { data, split, resolution, scenes } = evaluation ?? {};
    const measured = split && resolution && scenes !== undefined ? { split, resolution, scenes } : undefined;
    return { folder: place, scores: scoresOf(metrics), setting, data, ...(measured && { measured }) };
  };
  const places = evaluationFolders(folder);
  const valid = places.filter((place) =>
    attempt(() => isOfCheckpoint(readMetricsFile(path.join(folder, place)).evaluation!, folder)),
  );
  const experiment = attempt(() => experimentSchema.parse(recorded));
  const wanted = experiment && evaluationFolder(experiment);
  const sorted = [...valid.filter((place) => place === wanted), ...valid.filter((place) => place !== wanted)];
  // Comparisons have theirs in their own folder, and so had runs once.
  const evaluations = (places.length > 0 ? sorted : ['']).flatMap((place) => evaluationIn(place) ?? []);
  const losses = history.map((record) => record.validationLoss);
  const lowest: RunResults['scores'] = losses.length > 0 ? { 'validation loss': Math.min(...losses) } : {};
  return {
    configuration: flattened(experiment ?? recorded),
    scores: { ...lowest, ...evaluations[0]?.scores },
    setting: evaluations[0]?.setting,
    evaluations,
    history,
    ...(experiment && { experiment }),
  };
}

/**
 * The numbers of a `metrics.json`: of one that this project's evaluation wrote, each by its metric; of any other, all
 * numbers in it by dotted key.
 */
export function scoresOf(content: unknown): Record<string, number | null> {
  const models = storedModels(content);
  if (!models) return numbersOf(flattened(content ?? {}));
  const names = { meanIou: 'mean IoU', pixelAccuracy: 'pixel accuracy', meanClassAccuracy: 'mean class accuracy' };
  const found = (Object.keys(names) as (keyof typeof names)[]).flatMap((key) =>
    models.flatMap(({ model, metrics }) =>
      metrics.map((scores): [string, number | null] => {
        const title = `${names[key]} (${scores.metric})`;
        return [models.length > 1 ? `${model}: ${title}` : title, Number.isNaN(scores[key]) ? null : scores[key]];
      }),
    ),
  );
  const { calibration, instanceIou } = content as Record<string, Record<string, unknown> | undefined>;
  const others = {
    'expected calibration error': calibration?.expectedCalibrationError,
    'mean iIoU of groups': instanceIou?.meanOfGroups,
    'mean iIoU of labels': instanceIou?.meanOfLabels,
  };
  return { ...Object.fromEntries(found), ...numbersOf(others) };
}

function numbersOf(values: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}
