import type { StepProgress } from '../../training/train';
import { ProgressLine } from './progress-line';

/** @returns what to give `trainRun` as `onStep`, so that a line of progress is shown */
export function trainingProgress(label = 'training'): (progress: StepProgress) => void {
  const line = new ProgressLine(label);
  return ({ epoch, epochs, step, steps, loss }) =>
    line.update((epoch - 1) * steps + step, epochs * steps, `epoch ${epoch} of ${epochs} · loss ${loss.toFixed(3)}`);
}
