import { expect, test } from 'bun:test';
import { CompilationError } from '../../src/errors';
import { backend } from '../../src/tensorflow/backend';
import type { Execution } from '../../src/tensorflow/execution';
import { stateTensors } from '../../src/tensorflow/optimizer';
import { createProgram, type Program } from '../../src/tensorflow/program';
import { tf } from '../../src/tensorflow/tensorflow';
import { adam } from '../../src/training/optimizers/adam';
import { COMPILED } from './execution';
import { batchOf, lossOf, pulledWeights, relativeDistance, runStep, smallModel, trainedVariables } from './small-model';

const TOLERANCE = 1e-5;

function trainer(execution: Partial<Execution> = {}, seed = 1) {
  const model = smallModel(seed);
  const program = createProgram({ ...COMPILED, ...execution });
  const variables = trainedVariables(model);
  const loss = lossOf(model);
  return {
    model,
    program,
    step: program.trainingStep({ optimizer: adam(), variables, loss }),
    gradients: program.function((images, classes) => {
      const { value, grads } = tf.variableGrads(() => loss(images, classes), variables);
      return [value, ...variables.map(({ name }) => grads[name])];
    }),
    dispose() {
      program.dispose();
      model.dispose();
    },
  };
}

const numbers = (tensors: tf.Tensor[]) => tensors.map((tensor) => tensor.dataSync());

test('compiled and eager agree over 10 steps: losses, gradients, weights, running statistics', () => {
  const [eager, compiled] = [trainer({ compile: false }), trainer()];
  const shared = batchOf(4, 0);
  for (let index = 0; index < 10; index += 1) {
    const batch = batchOf(4, index + 1);
    const learningRate = 0.01 * 0.9 ** index;
    const expected = runStep(eager.step, batch, learningRate);
    expect(Math.abs(runStep(compiled.step, batch, learningRate) / expected - 1)).toBeLessThan(TOLERANCE);
    const [a, b] = [compiled, eager].map(({ gradients }) => tf.tidy(() => numbers(gradients.run(shared))));
    expect(relativeDistance(a, b)).toBeLessThan(TOLERANCE);
  }
  const [a, b] = [compiled, eager].map(({ program, model }) => pulledWeights(program, model));
  expect(relativeDistance(a, b)).toBeLessThan(TOLERANCE);
  eager.model.weights.forEach(({ originalName }, index) => {
    if (/moving_/.test(originalName)) expect(relativeDistance([a[index]], [b[index]])).toBeLessThan(TOLERANCE);
  });
  eager.dispose();
  compiled.dispose();
});

test('a last, smaller batch gets its own graph on the same weights', () => {
  const [eager, compiled] = [trainer({ compile: false }), trainer()];
  const batches = [batchOf(4, 1), batchOf(4, 2), batchOf(3, 3), batchOf(4, 4)];
  const [a, b] = [compiled, eager].map(({ step, program, model }) => ({
    losses: batches.map((batch) => runStep(step, batch)),
    weights: pulledWeights(program, model),
  }));
  expect(relativeDistance([a.losses], [b.losses])).toBeLessThan(TOLERANCE);
  expect(relativeDistance(a.weights, b.weights)).toBeLessThan(TOLERANCE);
  eager.dispose();
  compiled.dispose();
});

test('graphs made ready beforehand give what graphs made on demand give', () => {
  const [ready, onDemand] = [trainer(), trainer()];
  for (const size of [4, 3])
    ready.step.prepare([
      { shape: [size, 16, 16, 3], dtype: 'float32' },
      { shape: [size * 256], dtype: 'int32' },
    ]);
  const losses = [ready, onDemand].map(({ step }) =>
    [batchOf(4, 1), batchOf(3, 2)].map((batch) => runStep(step, batch)),
  );
  expect(losses[0]).toEqual(losses[1]);
  ready.dispose();
  onDemand.dispose();
});

/** The ways to compute that promise the same bits each time. */
const ways: Partial<Execution>[] = [{}, { precision: 'bfloat16' }, { compile: false }];

for (const way of ways)
  test(`the same training gives the same bits: ${JSON.stringify(way)}`, () => {
    const results = [1, 2].map(() => {
      const { step, program, model, dispose } = trainer(way);
      const losses = [0, 1, 2].map((index) => runStep(step, batchOf(4, index)));
      const weights = pulledWeights(program, model);
      dispose();
      return { losses, weights };
    });
    expect(results[0]).toEqual(results[1]);
  });

for (const way of ways)
  test(`a resumed run equals an uninterrupted one: ${JSON.stringify(way)}`, () => {
    const [whole, before, after] = [trainer(way), trainer(way), trainer(way, 2)];
    const run = ({ step }: typeof whole, from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => runStep(step, batchOf(4, from + index)));
    const expected = run(whole, 0, 6);
    expect(run(before, 0, 3)).toEqual(expected.slice(0, 3));
    const state = before.step.state();
    const weights = pulledWeights(before.program, before.model);
    // Going on with the old one must leave what was read from it as it was.
    run(before, 3, 6);

    const shapes = after.model.getWeights().map(({ shape }) => shape);
    tf.tidy(() => after.model.setWeights(weights.map((values, index) => tf.tensor(values.slice(), shapes[index]))));
    after.program.push();
    after.step.restore(state);
    tf.dispose(stateTensors(state));
    expect(run(after, 3, 6)).toEqual(expected.slice(3));
    expect(pulledWeights(after.program, after.model)).toEqual(pulledWeights(whole.program, whole.model));
    for (const one of [whole, before, after]) one.dispose();
  });

for (const compile of [true, false])
  test(`a variable of factor 0.1 moves a tenth as far (compile: ${compile})`, () => {
    const variables = [tf.variable(tf.tensor1d([1, -2])), tf.variable(tf.tensor1d([1, -2]))];
    const program = createProgram({ ...COMPILED, compile });
    const step = program.trainingStep({
      optimizer: adam(),
      variables,
      learningRateFactors: [1, 0.1],
      loss: (x) => tf.sum(tf.mul(tf.addN(variables), x)),
    });
    tf.tidy(() => step.run([tf.tensor1d([3, -5])], 0.01));
    program.pull();
    // Adam's first step is the learning rate against the gradient's sign, whatever its size.
    const [whole, tenth] = variables.map((variable) => [...variable.dataSync()]);
    [0.99, -1.99].forEach((value, index) => {
      expect(whole[index]).toBeCloseTo(value, 6);
    });
    [0.999, -1.999].forEach((value, index) => {
      expect(tenth[index]).toBeCloseTo(value, 6);
    });
    program.dispose();
    tf.dispose(variables);
  });

for (const compile of [true, false])
  test(`a step tells its gradients, clipped, beside the update (compile: ${compile})`, () => {
    const variables = [
      tf.variable(tf.tensor1d([1, -2]), true, 'first'),
      tf.variable(tf.tensor1d([5, 6]), true, 'other'),
    ];
    const program = createProgram({ ...COMPILED, compile });
    const step = program.trainingStep({
      optimizer: adam(),
      variables,
      adjusted: (gradients) => gradients.map((gradient) => tf.mul(gradient, 0.5)),
      loss: (x) => tf.sum(tf.mul(variables[0], x)),
    });
    let seen: Record<string, number[]> = {};
    const loss = tf.tidy(
      () =>
        step
          .run([tf.tensor1d([3, -5])], 0.01, (gradients) => {
            seen = Object.fromEntries(Object.entries(gradients).map(([name, each]) => [name, [...each.dataSync()]]));
          })
          .dataSync()[0],
    );
    // The slope of 3 a - 5 b, halved; the loss knows nothing of the other variable.
    expect(seen).toEqual({ first: [1.5, -2.5] });
    expect(loss).toBe(13);
    const { numTensors } = tf.memory();
    tf.tidy(() => void step.run([tf.tensor1d([3, -5])], 0.01, () => undefined));
    expect(tf.memory().numTensors).toBe(numTensors);
    program.dispose();
    tf.dispose(variables);
  });

test('two compiled models live side by side, even when they start from the same tensors', () => {
  const alone = trainer();
  const expected = [1, 2, 3].map((seed) => runStep(alone.step, batchOf(4, seed)));
  const [first, second] = [trainer(), trainer({}, 2)];
  second.model.setWeights(first.model.getWeights());
  const losses = [1, 2, 3].map((seed) => {
    runStep(second.step, batchOf(4, 10 * seed), 0.1);
    return runStep(first.step, batchOf(4, seed));
  });
  expect(losses).toEqual(expected);
  second.dispose();
  expect(relativeDistance(pulledWeights(first.program, first.model), pulledWeights(alone.program, alone.model))).toBe(
    0,
  );
  for (const one of [alone, first]) one.dispose();
});

test('a function sees the weights that the step before it left, without pulling them', () => {
  const { model, program, step, dispose } = trainer();
  const predict = program.function((images) => [model.apply(images, { training: false }) as tf.Tensor]);
  const batch = batchOf(4, 1);
  runStep(step, batch);
  runStep(step, batch);
  const compiled = tf.tidy(() => numbers(predict.run([batch[0]])));
  const unpulled = () => tf.tidy(() => model.apply(batch[0], { training: false }) as tf.Tensor);
  expect(unpulled).toThrow(/variable down\/kernel\S* are held by a program that trains it; call its pull\(\) first/);
  program.pull();
  const eager = tf.tidy(() => numbers([model.apply(batch[0], { training: false }) as tf.Tensor]));
  expect(relativeDistance(compiled, eager)).toBeLessThan(TOLERANCE);
  dispose();
});

test('while a program trains it has the only copy of the variables, and gives them back when it goes', () => {
  const { model, step, program, dispose } = trainer();
  const binding = backend().binding;
  const batch = batchOf(4, 1);
  runStep(step, batch);
  const training = binding.getNumOfTensors();
  program.pull();
  expect(binding.getNumOfTensors()).toBe(training + model.weights.length);
  runStep(step, batch);
  expect(binding.getNumOfTensors()).toBe(training);
  // What others assign is theirs: the program neither takes it away nor goes by it until it is pushed.
  const [kernel] = trainedVariables(model);
  tf.tidy(() => kernel.assign(tf.zeros(kernel.shape)));
  const loss = runStep(step, batch);
  expect(Math.max(...kernel.dataSync())).toBe(0);
  program.push();
  expect(runStep(step, batch)).not.toBeCloseTo(loss, 3);
  program.dispose();
  expect(
    tf
      .tidy(() => numbers(model.getWeights()))
      .flatMap((values) => [...values])
      .every(Number.isFinite),
  ).toBe(true);
  dispose();
  tf.dispose(batch);
});

test('nothing leaks over 200 steps', () => {
  const binding = backend().binding;
  const [tensors, graphs] = [tf.memory().numTensors, binding.getNumOfSavedModels()];
  const batch = batchOf(64, 1);
  const { step, dispose } = trainer();
  const counts: number[][] = [];
  const resident: number[] = [];
  for (let index = 0; index < 200; index += 1) {
    runStep(step, batch);
    counts.push([tf.memory().numTensors, binding.getNumOfTensors()]);
    resident.push(process.memoryUsage().rss / 2 ** 20);
  }
  expect(counts.at(-1)).toEqual(counts[0]);
  // One activation of this batch is 0.4 MB; keeping a single one per step would come to 60 MB from step 50 on.
  expect(Math.max(...resident.slice(150)) - Math.max(...resident.slice(0, 50))).toBeLessThan(20);
  dispose();
  tf.dispose(batch);
  expect([tf.memory().numTensors, binding.getNumOfSavedModels()]).toEqual([tensors, graphs]);
});

const refused: { what: string; operation: string; compute: (x: tf.Tensor) => tf.Tensor }[] = [
  { what: 'reads a value', operation: 'Sum', compute: (x) => x.mul(x.sum().dataSync()[0]) },
  { what: 'has a shape that depends on values', operation: 'UniqueV2', compute: (x) => tf.unique(x.flatten()).values },
  { what: 'draws random numbers', operation: 'Mul', compute: (x) => x.mul(tf.randomUniform([2])) },
];

for (const { what, operation, compute } of refused)
  test(`a function that ${what} is refused by the name of the operation, and nothing stays behind`, () => {
    const program = createProgram(COMPILED);
    const input = tf.tensor1d([1, 2]);
    const before = [tf.memory().numTensors, backend().binding.getNumOfTensors()];
    const refusal = captured(() => program.function((x) => [compute(x)]).run([input]));
    expect(refusal).toBeInstanceOf(CompilationError);
    expect((refusal as CompilationError).operation).toBe(operation);
    expect((refusal as CompilationError).remedy).toContain('execution.compile: false');
    expect([tf.memory().numTensors, backend().binding.getNumOfTensors()]).toEqual(before);
    // The binding is as it was, and so is the program.
    expect(
      tf.tidy(() =>
        Array.from(
          program
            .function((x) => [x.add(1)])
            .run([input])[0]
            .dataSync(),
        ),
      ),
    ).toEqual([2, 3]);
    program.dispose();
    input.dispose();
  });

test('tensors from outside become constants, and results may be inputs or variables', () => {
  const program: Program = createProgram(COMPILED);
  const outside = tf.tensor1d([10, 20]);
  const variable = tf.variable(tf.tensor1d([1, 1]));
  const same = program.function((x) => {
    const before = variable.clone();
    variable.assign(variable.add(x));
    return [x, before, variable.mul(outside), tf.expandDims(x, 0)];
  });
  const input = tf.tensor1d([2, 3]);
  const run = () => tf.tidy(() => same.run([input]).map((tensor) => [tensor.shape, Array.from(tensor.dataSync())]));
  expect(run()).toEqual([
    [[2], [2, 3]],
    [[2], [1, 1]],
    [[2], [30, 80]],
    [
      [1, 2],
      [2, 3],
    ],
  ]);
  expect(run().slice(1, 3)).toEqual([
    [[2], [3, 4]],
    [[2], [50, 140]],
  ]);
  expect(() => variable.dataSync()).toThrow('call its pull() first');
  program.pull();
  expect(Array.from(variable.dataSync())).toEqual([5, 7]);
  program.dispose();
  tf.dispose([outside, variable, input]);
});

function captured(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
