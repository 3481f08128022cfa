import { expect, test } from 'bun:test';
import { buildModel } from '../../src/model/build-model';
import { stateTensors } from '../../src/tensorflow/optimizer';
import { createProgram } from '../../src/tensorflow/program';
import { tf } from '../../src/tensorflow/tensorflow';
import { createOptimizer } from '../../src/training/optimizers';
import { train } from '../../src/training/train';
import { COMPILED, EAGER } from '../tensorflow/execution';
import {
  batchOf,
  lossOf,
  pulledWeights,
  relativeDistance,
  runStep,
  smallModel,
  trainedVariables,
} from '../tensorflow/small-model';

for (const compile of [true, false])
  test(`values count half as much with each step that they lie back (compile: ${compile})`, () => {
    const before = tf.memory().numTensors;
    const weight = tf.tidy(() => tf.variable(tf.scalar(1)));
    // Assigned on the way, as batch normalisation's running statistics are.
    const seen = tf.tidy(() => tf.variable(tf.scalar(0), false));
    const program = createProgram({ ...COMPILED, compile });
    const step = program.trainingStep({
      optimizer: createOptimizer({ name: 'sgd', momentum: 0, weightDecay: 0 }),
      variables: [weight],
      averaged: { variables: [weight, seen], decay: 0.5 },
      loss: (x) => {
        seen.assign(tf.add(seen, x));
        return tf.mul(weight, x) as tf.Scalar;
      },
    });
    const run = (...gradients: number[]) =>
      tf.tidy(() => {
        for (const gradient of gradients) step.run([tf.scalar(gradient)], 0.1);
      });
    const expectValues = (...expected: number[]) => {
      program.pull();
      [weight, seen].forEach((variable, index) => {
        expect(variable.dataSync()[0]).toBeCloseTo(expected[index], 6);
      });
    };

    run(1);
    step.exchangeAverages();
    expectValues(0.9, 1); // what they were before the first step does not count
    step.exchangeAverages();
    run(2, 4);
    // 1 - 0.1 = 0.9, 0.9 - 0.2 = 0.7, 0.7 - 0.4 = 0.3; and 1, 1 + 2 = 3, 3 + 4 = 7.
    expectValues(0.3, 7);
    step.exchangeAverages();
    // (0.3 + 0.7 / 2 + 0.9 / 4) / (1 + 1/2 + 1/4) = 0.875 / 1.75; (7 + 3 / 2 + 1 / 4) / 1.75 = 8.75 / 1.75.
    expectValues(0.5, 5);
    const state = step.state();
    expect(state.averages!.map((value) => value.dataSync()[0]).map((value) => Math.round(value * 1e6) / 1e6)).toEqual([
      0.3, 7,
    ]);
    tf.dispose(stateTensors(state));
    step.exchangeAverages();
    run(1);
    expectValues(0.2, 8);
    step.exchangeAverages();
    // (0.2 + 0.875 / 2) / 1.875; (8 + 8.75 / 2) / 1.875.
    expectValues(0.34, 6.6);
    program.dispose();
    tf.dispose([weight, seen]);
    expect(tf.memory().numTensors).toBe(before);
  });

test('compiled and eager agree over five steps', () => {
  const averages = [true, false].map((compile) => {
    const model = smallModel();
    const program = createProgram({ ...COMPILED, compile });
    const all = model.weights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
    const averaged = { variables: all, decay: 0.9 };
    const step = program.trainingStep({
      optimizer: createOptimizer({ name: 'adam' }),
      variables: trainedVariables(model),
      averaged,
      loss: lossOf(model),
    });
    for (let index = 0; index < 5; index += 1) runStep(step, batchOf(4, index), 0.01);
    step.exchangeAverages();
    const weights = pulledWeights(program, model);
    program.dispose();
    model.dispose();
    return weights;
  });
  expect(relativeDistance(averages[0], averages[1])).toBeLessThan(1e-5);
});

const SIDE = 32;
const noise = (seed: number) => ({
  length: 6,
  read: async (index: number) => ({
    name: `scene-${index}`,
    image: Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, place) => ((place + seed) * (index + 7) * 31) % 256),
    width: SIDE,
    labelIds: Uint8Array.from({ length: SIDE * SIDE }, (_, place) => (place % SIDE < 8 + index ? 23 : 7)),
  }),
});

/** Two epochs of three steps: history, the weights after each step of a training operation by operation, and those left at the end. */
async function trained(averageDecay: number | null) {
  const model = buildModel(
    { task: 'segmentation', classes: ['sky', 'road'], size: SIDE, width: 1 / 16, batchNorm: true, preprocessing: 'tf' },
    3,
  );
  const weights = () => model.getWeights().map((weight) => weight.dataSync().slice() as Float32Array);
  const afterSteps: Float32Array[][] = [];
  const history = await train(
    {
      model,
      data: { training: noise(1), validation: noise(2) },
      settings: { epochs: 2, batchSize: 2, averageDecay },
      execution: EAGER,
      preprocessing: 'tf',
      classOfLabelId: Uint8Array.from({ length: 34 }, (_, id) => (id === 7 ? 1 : 0)),
    },
    { onStep: () => void afterSteps.push(weights()) },
  );
  const left = weights();
  const names = model.weights.map(({ originalName }) => originalName);
  model.dispose();
  return { history, afterSteps, left, names };
}

test('validated is the average, running statistics included; trained are the weights themselves', async () => {
  const [plain, averaged] = [await trained(null), await trained(0.8)];
  expect(averaged.history.map(({ trainingLoss }) => trainingLoss)).toEqual(
    plain.history.map(({ trainingLoss }) => trainingLoss),
  );
  averaged.history.forEach(({ validationLoss }, epoch) => {
    expect(validationLoss).not.toBe(plain.history[epoch].validationLoss);
  });
  // Six steps: the sixth counts 1, the fifth 0.8, the first 0.8^5.
  const shares = [0.8 ** 5, 0.8 ** 4, 0.8 ** 3, 0.8 ** 2, 0.8, 1].map(
    (share, _, all) => share / all.reduce((a, b) => a + b),
  );
  expect(plain.afterSteps).toHaveLength(6);
  expect(averaged.names.some((name) => name.includes('moving_variance'))).toBe(true);
  averaged.left.forEach((values, weight) => {
    values.forEach((value, place) => {
      const mean = shares.reduce((sum, share, step) => sum + share * plain.afterSteps[step][weight][place], 0);
      expect(Math.abs(value - mean)).toBeLessThan(1e-5 * Math.max(1, Math.abs(mean)));
    });
  });
}, 60_000);
