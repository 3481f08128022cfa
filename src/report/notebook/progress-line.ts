import { durationText } from '../../human-units';
import type { StepProgress } from '../../training/train';

/** Writes one line of progress over the one before: each ends in a carriage return, the last in a line break. */
export class ProgressLine {
  private readonly started = performance.now();
  private shownAt = Number.NEGATIVE_INFINITY;
  /** Done before the line began, as when a training is taken up again; no measure of how fast it goes. */
  private before: number | undefined;
  private shownLength = 0;

  /**
   * @param label what is going on, such as `training`
   * @param intervalSeconds between two lines
   */
  constructor(
    private readonly label: string,
    private readonly intervalSeconds = 0.5,
    private readonly write: (text: string) => void = (text) => process.stdout.write(text),
  ) {}

  /** @param details what else to say, such as the loss */
  update(done: number, total: number, details = ''): void {
    const now = performance.now();
    this.before ??= Math.max(done - 1, 0);
    if (done < total && now - this.shownAt < this.intervalSeconds * 1000) return;
    this.shownAt = now;
    const line = progressText(this.label, done, total, (now - this.started) / 1000, details, this.before);
    // A shorter line covers all of a longer one before it: JupyterLab, as terminals do, leaves what is not written over.
    this.write(`${line.padEnd(this.shownLength)}${done < total ? '\r' : '\n'}`);
    this.shownLength = line.length;
  }
}

/** @returns what to give `trainRun` as `onStep`, so that a line of progress is shown */
export function trainingProgress(label = 'training'): (progress: StepProgress) => void {
  const line = new ProgressLine(label);
  return ({ epoch, epochs, step, steps, loss }) =>
    line.update((epoch - 1) * steps + step, epochs * steps, `epoch ${epoch} of ${epochs} · loss ${loss.toFixed(3)}`);
}

/**
 * Such as `training ████████░░░░ 67 % · 40 of 60 · loss 0.412 · 12 s left`.
 *
 * @param before how many of `done` took none of the `seconds`
 */
export function progressText(
  label: string,
  done: number,
  total: number,
  seconds: number,
  details = '',
  before = 0,
): string {
  const cells = 20;
  const filled = Math.floor((done / total) * cells);
  const bar = '█'.repeat(filled) + '░'.repeat(cells - filled);
  const left = (seconds / Math.max(done - before, 1)) * (total - done);
  const duration = (value: number) => durationText(value, { tenths: false });
  const time = done < total ? `${duration(left)} left` : duration(seconds);
  const parts = [`${Math.floor((100 * done) / total)} %`, `${done} of ${total}`, details, time];
  return `${label} ${bar} ${parts.filter((part) => part !== '').join(' · ')}`;
}
