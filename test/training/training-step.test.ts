import { expect, test } from 'bun:test';
import { buildModel } from '../../src/model/build-model';
import { createProgram } from '../../src/tensorflow/program';
import { tf } from '../../src/tensorflow/tensorflow';
import { clippedByNorm } from '../../src/training/clip-gradients';
import { createLoss, lossSchema } from '../../src/training/losses';
import { createOptimizer } from '../../src/training/optimizers';
import { TrainingStep } from '../../src/training/training-step';
import { COMPILED } from '../tensorflow/execution';

const SIDE = 32;
/** Five pictures; of the last one half does not count. */
const batch = {
  names: [...'abcde'],
  images: Float32Array.from({ length: 5 * SIDE * SIDE * 3 }, (_, index) => Math.sin(index * 0.7)),
  labelIds: new Uint8Array(5 * SIDE * SIDE),
  classes: Int32Array.from({ length: 5 * SIDE * SIDE }, (_, index) =>
    index > 4.5 * SIDE * SIDE ? 255 : (index >> 5) % 8,
  ),
};

/** Loss and weights after a step of that batch by plain gradient descent, without batch normalisation. */
function afterStep(microBatch: number | null, compile: boolean): { losses: number[]; weights: Float32Array[] } {
  const model = buildModel(
    {
      task: 'segmentation',
      classes: [...'abcdefgh'],
      size: SIDE,
      width: 1 / 16,
      batchNorm: false,
      preprocessing: 'tf',
    },
    3,
  );
  const program = createProgram({ ...COMPILED, compile });
  const loss = createLoss(lossSchema.parse([{}]), { classes: 8, shares: null }, { ignoring: true });
  const optimizer = createOptimizer({ name: 'sgd', momentum: 0, weightDecay: 0 });
  const step = new TrainingStep(model, program, { loss, optimizer, microBatch });
  step.prepare([5]);
  const losses = [step.run(batch, 0.1), step.run(batch, 0.1)];
  program.pull();
  const weights = tf.tidy(() => model.getWeights().map((weight) => weight.dataSync().slice() as Float32Array));
  program.dispose();
  step.dispose();
  model.dispose();
  return { losses, weights };
}

for (const compile of [true, false])
  test(`parts of two, two and one give what the whole batch gives (compile: ${compile})`, () => {
    const tensors = tf.memory().numTensors;
    const [whole, parts] = [afterStep(null, compile), afterStep(2, compile)];
    expect(tf.memory().numTensors).toBe(tensors);
    for (const index of [0, 1]) expect(parts.losses[index]).toBeCloseTo(whole.losses[index], 5);
    expect(whole.losses[1]).not.toBe(whole.losses[0]);
    whole.weights.forEach((values, index) => {
      values.forEach((value, place) => {
        expect(Math.abs(parts.weights[index][place] - value)).toBeLessThan(1e-5);
      });
    });
  }, 60_000);

test('gradients of a norm of 5 are brought down to 1, or left as they are', () => {
  // 3 and 4: the norm of both is 5.
  const clipped = (limit: number) =>
    tf.tidy(() => clippedByNorm([tf.tensor1d([3, 0]), tf.scalar(4)], limit).map((each) => [...each.dataSync()]));
  expect(
    clipped(1)
      .flat()
      .map((value) => Math.round(value * 1e6) / 1e6),
  ).toEqual([0.6, 0, 0.8]);
  expect(clipped(10)).toEqual([[3, 0], [4]]);
});
