import { type LearningRateOptions, learningRateAt } from '../../training/schedules';
import { type Figure, INK, themedLayout } from './figure';

/** At most so many points of an epoch. */
const POINTS_PER_EPOCH = 20;

/**
 * The learning rate in the course of a training.
 *
 * @param steps of an epoch
 */
export function learningRateFigure(options: LearningRateOptions, steps: number, { subtitle = '' } = {}): Figure {
  const { epochs, schedule } = options;
  const perEpoch = schedule.per === 'step' ? Math.min(steps, POINTS_PER_EPOCH) : 1;
  const points = Array.from({ length: epochs * perEpoch }, (_, index) => {
    const epoch = Math.floor(index / perEpoch);
    const step = Math.floor(((index % perEpoch) * steps) / perEpoch);
    return { done: epoch + step / steps, rate: learningRateAt(options, epoch + 1, step + 1, steps) };
  });
  // The last rate holds to the end.
  const [x, y] = [points.map(({ done }) => done), points.map(({ rate }) => rate)];
  return {
    name: 'learning-rate',
    description: `Learning rate over ${epochs} epochs, schedule ${schedule.name}: from ${y[0].toPrecision(3)} to ${y[y.length - 1].toPrecision(3)}`,
    data: [
      {
        type: 'scatter',
        mode: 'lines',
        name: schedule.name,
        x: [...x, epochs],
        y: [...y, y[y.length - 1]],
        line: { color: INK, width: 2, shape: 'hv' },
        hovertemplate: '%{y:.2e} after %{x:.2f} epochs<extra></extra>',
      },
    ],
    layout: themedLayout(
      'Learning rate',
      subtitle,
      { width: 860, height: 300 },
      {
        xaxis: { title: 'Epochs done', range: [0, epochs], showline: true },
        yaxis: { title: 'Learning rate', rangemode: 'tozero', exponentformat: 'e' },
      },
    ),
  };
}
