import { expect, spyOn, test } from 'bun:test';
import { typeNumber } from '../../src/tensorflow/backend';
import { withFoldedBatchNorm } from '../../src/tensorflow/batch-norm-folding';
import { executionSchema } from '../../src/tensorflow/execution';
import { Convolution } from '../../src/tensorflow/fused-layers';
import { GraphSession } from '../../src/tensorflow/graph-session';
import { createProgram } from '../../src/tensorflow/program';
import { record } from '../../src/tensorflow/recorder';
import { tf } from '../../src/tensorflow/tensorflow';
import { adam } from '../../src/training/optimizers/adam';
import { EAGER } from './execution';
import { batchOf, lossOf, relativeDistance, runStep, SIDE, smallModel, trainedVariables } from './small-model';

const BATCH = 4;
const FLOAT32 = executionSchema.parse({ autotune: false });
const BFLOAT16 = executionSchema.parse({ autotune: false, precision: 'bfloat16' });

/** Statistics, scales and offsets as after a training: none at the values they start from. */
function trainedModel(seed = 1): tf.LayersModel {
  const model = smallModel(seed);
  model.weights.forEach((weight, index) => {
    const { shape, originalName } = weight;
    const drawn = (low: number, high: number) =>
      tf.randomUniform(shape as number[], low, high, 'float32', index + seed);
    if (/variance|gamma/.test(originalName)) weight.write(drawn(0.5, 2));
    else if (/mean|beta|bias/.test(originalName)) weight.write(drawn(-1, 1));
  });
  return model;
}

const predictionOf = (model: tf.LayersModel) => (images: tf.Tensor) => [
  model.apply(images, { training: false }) as tf.Tensor,
];
const specs = [{ shape: [BATCH, SIDE, SIDE, 3], dtype: typeNumber('float32') }];

function operationsOf(model: tf.LayersModel, training: boolean) {
  const compute = ([images]: tf.Tensor[]) => [model.apply(images, { training }) as tf.Tensor];
  const before = record({ scope: 'f', inputs: specs, compute });
  const count = (nodes: typeof before.nodes, name: string) =>
    nodes.filter(({ operation }) => operation === name).length;
  return { before, after: withFoldedBatchNorm(before), count };
}

test('a prediction has no batch normalisation left, a training all of it', () => {
  const model = trainedModel();
  const prediction = operationsOf(model, false);
  expect(prediction.count(prediction.before.nodes, 'FusedBatchNormV3')).toBe(3);
  expect(prediction.count(prediction.after.nodes, 'FusedBatchNormV3')).toBe(0);
  // Three offsets take the place of three normalisations, beside the biases of deep, up and logits.
  expect(prediction.count(prediction.before.nodes, 'BiasAdd')).toBe(3);
  expect(prediction.count(prediction.after.nodes, 'BiasAdd')).toBe(6);
  const training = operationsOf(model, true);
  expect(training.after.nodes).toEqual(training.before.nodes);
  model.dispose();
});

test('what something else takes as well is not folded', () => {
  const model = trainedModel();
  const compute = ([images]: tf.Tensor[]) => {
    const convolved = model.getLayer('down').apply(images) as tf.Tensor;
    return [convolved, model.getLayer('down_bn').apply(convolved) as tf.Tensor];
  };
  const before = record({ scope: 'f', inputs: specs, compute });
  expect(withFoldedBatchNorm(before).nodes).toEqual(before.nodes);
  model.dispose();
});

/** How far a prediction is from that of the same weights operation by operation, in float32. */
function distance(execution: typeof FLOAT32): number {
  const model = trainedModel();
  const [images, classes] = batchOf(BATCH, 5);
  const program = createProgram(execution);
  const result = tf.tidy(() => {
    const [folded] = program.function(predictionOf(model)).run([images]);
    const [exact] = createProgram(EAGER).function(predictionOf(model)).run([images]);
    return relativeDistance([folded.dataSync()], [exact.dataSync()]);
  });
  program.dispose();
  tf.dispose([images, classes]);
  model.dispose();
  return result;
}

// Six convolutions and what lies between round some three times each: 18 roundings of 2^-24, added up at worst.
test('folded and unfolded predictions agree to rounding in float32', () => {
  expect(distance(FLOAT32)).toBeLessThan(18 * 2 ** -24);
});

// In bfloat16, 2^-9: image, filter and bias of each convolution, and what it gives.
test('folded predictions in bfloat16 stay within its rounding of those in float32', () => {
  const found = distance(BFLOAT16);
  expect(found).toBeGreaterThan(0);
  expect(found).toBeLessThan(6 * 4 * 2 ** -9);
});

for (const [name, execution] of Object.entries({ FLOAT32, BFLOAT16 }))
  test(`a prediction sees weights that changed, by training, from outside, or before a program of its own: ${name}`, () => {
    const model = trainedModel();
    const [images, classes] = batchOf(BATCH, 5);
    const program = createProgram(execution);
    const predict = program.function(predictionOf(model));
    const step = program.trainingStep({ optimizer: adam(), variables: trainedVariables(model), loss: lossOf(model) });
    const predicted = () => tf.tidy(() => predict.run([images])[0].dataSync());
    /** What a program says that never saw other weights. */
    const expected = () => {
      const other = createProgram(execution);
      const values = tf.tidy(() => other.function(predictionOf(model)).run([images])[0].dataSync());
      other.dispose();
      return values;
    };
    const first = predicted();
    expect(predicted()).toEqual(first);
    for (let round = 0; round < 2; round += 1) {
      const before = predicted();
      runStep(step, [images, classes], 0.01);
      const after = predicted();
      expect(relativeDistance([after], [before])).toBeGreaterThan(0.01);
      program.pull();
      expect(after).toEqual(expected());
    }
    const other = trainedModel(2);
    model.setWeights(other.getWeights());
    program.push();
    expect(predicted()).toEqual(expected());
    expect(relativeDistance([predicted()], [first])).toBeGreaterThan(0.1);
    program.dispose();
    tf.dispose([images, classes]);
    model.dispose();
    other.dispose();
  });

test('graphs for several batches share what is kept, and nothing of it stays behind', () => {
  const model = trainedModel();
  const [images, classes] = batchOf(BATCH, 5);
  const program = createProgram(FLOAT32);
  const predict = program.function(predictionOf(model));
  tf.tidy(() => {
    const [all] = predict.run([images]);
    const [two] = predict.run([images.slice(0, 2)]);
    expect(relativeDistance([two.dataSync()], [all.slice(0, 2).dataSync()])).toBeLessThan(18 * 2 ** -24);
  });
  const before = tf.memory().numTensors;
  for (let time = 0; time < 5; time += 1) {
    program.push();
    tf.dispose(predict.run([images]));
  }
  expect(tf.memory().numTensors).toBe(before);
  program.dispose();
  tf.dispose([images, classes]);
  model.dispose();
});

test('pictures of many sizes do not keep copies of the filters for each of them', () => {
  const image = tf.input({ shape: [null, null, 3] });
  const layer = new Convolution({ name: 'c', filters: 4, kernelSize: 3, useBias: true, seed: 1 });
  const model = tf.model({ inputs: image, outputs: layer.apply(image) as tf.SymbolicTensor });
  const program = createProgram(FLOAT32);
  const predict = program.function((images) => [model.apply(images) as tf.Tensor]);
  const ones = (side: number) => tf.ones([1, side, side, 3]);
  // The middle of a picture of ones is the same whatever its size.
  const middle = (side: number) =>
    tf.tidy(() =>
      predict
        .run([ones(side)])[0]
        .slice([0, 2, 2, 0], [1, 1, 1, 4])
        .dataSync(),
    );
  const sides = [5, 6, 7, 8, 9, 10];
  const expected = sides.map(middle);
  const load = spyOn(GraphSession.prototype, 'run');
  for (let round = 0; round < 2; round += 1) expect(sides.map(middle)).toEqual(expected);
  // Twelve predictions, and each fourth new size after the last load another load, which feeds two weights.
  const loads = load.mock.calls.filter(([feeds]) => feeds.length === 2);
  load.mockRestore();
  expect(loads.length).toBe(3);
  program.dispose();
  model.dispose();
});
