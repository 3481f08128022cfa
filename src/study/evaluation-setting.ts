import { type Dataset, scenesOf } from '../data/dataset';
import type { Experiment } from '../experiment/schema';
import { weightsClasses } from '../training/losses';

/** What a model is evaluated on, in words: data set, split, number of scenes, crop and resolution. */
export function describeSetting(
  dataset: Dataset,
  {
    data: { size, limit },
    evaluation,
    training,
  }: {
    data: Pick<Experiment['data'], 'size' | 'limit'>;
    evaluation: Omit<Experiment['evaluation'], 'panels' | 'calibration'>;
    training: Pick<Experiment['training'], 'loss' | 'own'>;
  },
): string {
  const { split, mirror, priorCorrection } = evaluation;
  const { length } = scenesOf(dataset, split, limit[split]);
  return [
    `${dataset.title}, ${split} split, ${length} scenes`,
    describeView(size, evaluation),
    ...(mirror ? ['also in the mirror'] : []),
    ...(priorCorrection > 0 && weightsClasses(training) ? [`${CORRECTED}${priorCorrection}`] : []),
  ].join(', ');
}

const CORRECTED = 'class weights taken back by ';

/** What models were measured on, whatever each of them does about the class weights of its training. */
export function settingOfScenes(setting: string): string {
  return setting.replace(new RegExp(`, ${CORRECTED}[\\d.e-]+$`), '');
}

function describeView(
  size: number,
  { resolution, window }: Pick<Experiment['evaluation'], 'resolution' | 'window'>,
): string {
  if (resolution === 'training') return `centre square resized to ${size}x${size}`;
  const whole = 'whole and in their own size';
  const ofShorter = window.share === 1 ? 'the shorter side' : `${window.share} of the shorter side`;
  const side = window.side === null ? ofShorter : `${window.side} pixels`;
  if (window.whole) return `${whole}, seen at once at the scale at which ${size} pixels are ${side}`;
  return `${whole}, seen at ${size}x${size} through windows of ${side} (overlap ${window.overlap})`;
}
