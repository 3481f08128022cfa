import { expect, test } from 'bun:test';
import { createProgram } from '../../src/tensorflow/program';
import { tf } from '../../src/tensorflow/tensorflow';
import { createOptimizer, type OptimizerOptions } from '../../src/training/optimizers';
import { COMPILED } from '../tensorflow/execution';

/** Weights [1, -2] whose gradient is what is fed: after each step, by an optimizer. */
function weightsAfter(options: OptimizerOptions, gradients: number[][], compile: boolean, decayed = true): number[][] {
  const weight = tf.variable(tf.tensor1d([1, -2]));
  const program = createProgram({ ...COMPILED, compile });
  const optimizer = createOptimizer(options);
  const step = program.trainingStep({
    optimizer,
    variables: [weight],
    decayed: [decayed],
    loss: (x) => tf.sum(tf.mul(weight, x)),
  });
  const after = gradients.map((gradient) => {
    tf.tidy(() => step.run([tf.tensor1d(gradient)], 0.1));
    program.pull();
    return [...weight.dataSync()];
  });
  program.dispose();
  weight.dispose();
  return after;
}

function expectClose(found: number[][], expected: number[][]): void {
  found.flat().forEach((value, index) => {
    // Float32, in which 1 - 0.999 has five digits.
    expect(value).toBeCloseTo(expected.flat()[index], 5);
  });
}

/** Adam as in the paper, algorithm 1, for one number. */
function adamSteps(start: number, gradients: number[], rate: number, decay: number): number[] {
  let [weight, m, v] = [start, 0, 0];
  return gradients.map((g, index) => {
    const t = index + 1;
    weight -= rate * decay * weight;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    weight -= (rate * (m / (1 - 0.9 ** t))) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-7);
    return weight;
  });
}

const GRADIENTS = [
  [3, -5],
  [-1, 2],
  [0.5, 4],
];
const column = (index: number) => GRADIENTS.map((each) => each[index]);
const rows = ([a, b]: number[][]) => a.map((value, index) => [value, b[index]]);

for (const compile of [true, false]) {
  test(`adam: the paper's algorithm (compile: ${compile})`, () => {
    const expected = rows([1, -2].map((start, index) => adamSteps(start, column(index), 0.1, 0)));
    expectClose(weightsAfter({ name: 'adam' }, GRADIENTS, compile), expected);
  });

  test(`adamw: each step takes the learning rate times the decay of a weight away (compile: ${compile})`, () => {
    const options = { name: 'adamw', weightDecay: 0.5 } as const;
    const expected = rows([1, -2].map((start, index) => adamSteps(start, column(index), 0.1, 0.5)));
    expectClose(weightsAfter(options, GRADIENTS, compile), expected);
    // Without a gradient nothing but the decay is left: 1 x (1 - 0.1 x 0.5) = 0.95.
    expectClose(weightsAfter(options, [[0, 0]], compile), [[0.95, -1.9]]);
    expectClose(weightsAfter(options, [[0, 0]], compile, false), [[1, -2]]);
  });

  test(`sgd: momentum and decay (compile: ${compile})`, () => {
    // velocity 3, then 0.9 x 3 - 1 = 1.7: 1 - 0.1 x 3 = 0.7, then 0.7 - 0.1 x 1.7 = 0.53.
    // velocity -5, then 0.9 x -5 + 2 = -2.5: -2 + 0.5 = -1.5, then -1.5 + 0.25 = -1.25.
    const plain = { name: 'sgd', momentum: 0.9, weightDecay: 0 } as const;
    expectClose(weightsAfter(plain, GRADIENTS.slice(0, 2), compile), [
      [0.7, -1.5],
      [0.53, -1.25],
    ]);
    // The gradient is 3 + 0.5 x 1 = 3.5 and -5 + 0.5 x -2 = -6.
    expectClose(weightsAfter({ ...plain, weightDecay: 0.5 }, GRADIENTS.slice(0, 1), compile), [[0.65, -1.4]]);
    expectClose(weightsAfter({ ...plain, weightDecay: 0.5 }, GRADIENTS.slice(0, 1), compile, false), [[0.7, -1.5]]);
  });
}
