import { expect, test } from 'bun:test';
import { ConfigurationError } from '../../src/errors';
import { backend, typeNumber } from '../../src/tensorflow/backend';
import { inBfloat16 } from '../../src/tensorflow/bfloat16';
import { nodeOf } from '../../src/tensorflow/graph';
import { createProgram } from '../../src/tensorflow/program';
import { record } from '../../src/tensorflow/recorder';
import { tf } from '../../src/tensorflow/tensorflow';
import { COMPILED, EAGER } from './execution';
import { batchOf, lossOf, relativeDistance, SIDE, smallModel, trainedVariables } from './small-model';

const DT_BFLOAT16 = 14;
const BATCH = 4;

/** Loss and gradients of the small model, recorded; with the sum of the squared logits. */
function lossAndGradients(model: tf.LayersModel) {
  const variables = trainedVariables(model);
  const loss = lossOf(model);
  return (images: tf.Tensor, classes: tf.Tensor) => {
    const logits = model.apply(images, { training: true }) as tf.Tensor;
    const { value, grads } = tf.variableGrads(() => loss(images, classes), variables);
    return [value, tf.sum(tf.square(logits)), ...variables.map(({ name }) => grads[name])];
  };
}

function recording() {
  const model = smallModel();
  const compute = lossAndGradients(model);
  const inputs = [
    { shape: [BATCH, SIDE, SIDE, 3], dtype: typeNumber('float32') },
    { shape: [BATCH * SIDE * SIDE], dtype: typeNumber('int32') },
  ];
  const recorded = record({ scope: 'step', inputs, compute: ([images, classes]) => compute(images, classes) });
  model.dispose();
  return recorded;
}

test('convolutions and what lies between them compute in bfloat16; loss, statistics and sums in float32', () => {
  const types = new Map<string, Set<unknown>>();
  for (const { operation, attributes } of inBfloat16(recording()).nodes) {
    const type = attributes.find(({ name }) => name === 'T')?.value;
    if (type !== undefined) types.set(operation, (types.get(operation) ?? new Set()).add(type));
  }
  const computedIn = (type: number) =>
    [...types].flatMap(([operation, found]) => (found.has(type) ? [operation] : [])).sort();
  expect(computedIn(DT_BFLOAT16)).toEqual([
    ...['Add', 'BiasAdd', 'ConcatV2', 'Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput'],
    ...['FusedBatchNormGradV3', 'FusedBatchNormV3', 'MaxPool', 'MaxPoolGrad', 'Relu', 'ReluGrad', 'SplitV'],
  ]);
  expect(computedIn(backend().binding.TF_FLOAT)).toEqual(
    expect.arrayContaining(['Add', 'BiasAddGrad', 'Mean', 'Mul', 'SparseSoftmaxCrossEntropyWithLogits', 'Sum']),
  );
  // The running statistics are moved by what batch normalisation gives beside its output.
  for (const { operation, attributes } of inBfloat16(recording()).nodes)
    if (operation.startsWith('FusedBatchNorm'))
      expect(attributes.find(({ name }) => name === 'U')?.value).toBe(backend().binding.TF_FLOAT);
});

test('each value is cast once, and what the function takes and gives stays float32', () => {
  const before = recording();
  const after = inBfloat16(before);
  const cast = after.nodes.flatMap(({ name, inputs }) => (/\/to_(bfloat16|float32)$/.test(name) ? inputs : []));
  expect(cast.length).toBeGreaterThan(0);
  expect(new Set(cast).size).toBe(cast.length);
  // No cast undoes another.
  expect(cast.filter((endpoint) => /\/to_(bfloat16|float32):0$/.test(endpoint))).toEqual([]);
  expect(after.inputs).toEqual(before.inputs);
  const names = new Set<string>();
  for (const { name, inputs } of after.nodes) {
    for (const input of inputs)
      if (!/variable_/.test(input) || /to_/.test(input)) expect(names).toContain(nodeOf(input));
    names.add(name);
  }
  // Gradients of kernels come in bfloat16 and are cast for Adam; those of scales and offsets are float32 already.
  expect(after.outputs.filter((output) => output.endsWith('/to_float32:0')).length).toBe(
    trainedKernels(before.outputs),
  );
  for (const { value, readers } of after.variables) {
    const takers = after.nodes.filter(({ inputs }) => inputs.includes(value)).map(({ name }) => name);
    expect(readers).toEqual(takers);
  }
});

const trainedKernels = (outputs: readonly string[]) =>
  outputs.filter((output) => output.includes('Conv2DBackpropFilter')).length;

/**
 * bfloat16 has 8 significant bits: rounding to it changes a number by at most u = 2^-8 of it, and numbers spread evenly
 * over a binade by 2^-8 / √3 over their root mean square √(7/3), that is 0.38 u, of their norm.
 */
const UNIT_ROUND_OFF = 2 ** -8;

/**
 * Roundings between picture and logits in the small model. Each of 6 convolutions rounds its filter and its result; the
 * picture is rounded once, as are the results of 3 batch normalisations, and 3 biases and their sums.
 */
const FORWARD = 2 * 6 + 1 + 3 + 2 * 3;

for (const seed of [1, 2, 3])
  test(`loss and gradients are those of float32 within what rounding explains (seed ${seed})`, () => {
    const batch = batchOf(BATCH, seed);
    const model = smallModel(seed);
    const [exact, rounded] = (['float32', 'bfloat16'] as const).map((precision) => {
      const program = createProgram({ ...COMPILED, autotune: false, precision });
      const values = tf.tidy(() =>
        program
          .function(lossAndGradients(model))
          .run(batch)
          .map((tensor) => tensor.dataSync()),
      );
      program.dispose();
      return values;
    });
    const [[loss], [squaredLogits], ...gradients] = exact;
    const [[roundedLoss], , ...roundedGradients] = rounded;

    // Independent roundings add up as the root of their number: the logits z of N pixels differ by √FORWARD · u · ‖z‖ at
    // most. The slope of a pixel's loss, probabilities less truth, is no longer than √2, so by Cauchy and Schwarz the mean
    // loss differs by no more than √2 · √FORWARD · u · ‖z‖ / √N.
    const pixels = BATCH * SIDE ** 2;
    const bound = Math.sqrt(2 * FORWARD) * UNIT_ROUND_OFF * Math.sqrt(squaredLogits / pixels);
    expect(Math.abs(roundedLoss - loss)).toBeLessThan(bound);
    expect(Math.abs(roundedLoss - loss)).toBeGreaterThan(1e-6);

    // No rectifier lies between the head and the loss, so the head's gradients know of the roundings alone.
    const head = gradients.length - 2;
    const headDistance = relativeDistance(roundedGradients.slice(head), gradients.slice(head));
    expect(headDistance).toBeLessThan(Math.sqrt(FORWARD) * UNIT_ROUND_OFF);

    // Before the head, a value near zero may come out on the other side of the rectifier, which lets through or stops its
    // whole gradient. A standard normal value whose error has deviation d changes sign with probability atan(d) / π, and a
    // share p of changed entries makes a distance of √p. The pooling of one level picks another pixel as rarely. With the
    // roundings before each of the 4 rectifiers, and the pooling as another one behind the first:
    const before = [4, 4, 7, 11, 18];
    const share = before.reduce((sum, count) => sum + Math.atan(0.38 * UNIT_ROUND_OFF * Math.sqrt(count)) / Math.PI, 0);
    const distance = relativeDistance(roundedGradients, gradients);
    expect(distance).toBeLessThan(Math.sqrt(share));
    // Far from float32's own rounding: these were bfloat16.
    expect(distance).toBeGreaterThan(UNIT_ROUND_OFF / 4);
    model.dispose();
    tf.dispose(batch);
  });

test('operation by operation there is no bfloat16', () => {
  const refusal = () => createProgram({ ...EAGER, precision: 'bfloat16' });
  expect(refusal).toThrow(ConfigurationError);
  expect(refusal).toThrow('execution.compile');
  createProgram({ ...EAGER, precision: 'auto' }).dispose();
});
