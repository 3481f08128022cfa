import { expect, test } from 'bun:test';
import { typeNumber } from '../../src/tensorflow/backend';
import { type Endpoint, nodeOf } from '../../src/tensorflow/graph';
import { createProgram } from '../../src/tensorflow/program';
import { withRecomputedActivations } from '../../src/tensorflow/recomputed-activations';
import { record } from '../../src/tensorflow/recorder';
import { type Recording, readersByEndpoint } from '../../src/tensorflow/recording';
import { tf } from '../../src/tensorflow/tensorflow';
import { adam } from '../../src/training/optimizers/adam';
import { COMPILED } from './execution';
import { batchOf, lossOf, pulledWeights, runStep, SIDE, smallModel, trainedVariables } from './small-model';

const BATCH = 4;

test.each(['float32', 'bfloat16'] as const)('a step has the same digits in %s: losses and weights', (precision) => {
  const [kept, recomputed] = [false, true].map((recompute) => {
    const model = smallModel();
    const program = createProgram({ ...COMPILED, autotune: false, precision, recompute });
    const step = program.trainingStep({ optimizer: adam(), variables: trainedVariables(model), loss: lossOf(model) });
    const losses = [1, 2, 3, 4, 5].map((seed) => {
      const batch = batchOf(BATCH, seed);
      const loss = runStep(step, batch, 0.01);
      tf.dispose(batch);
      return loss;
    });
    const weights = pulledWeights(program, model);
    program.dispose();
    model.dispose();
    return { losses, weights };
  });
  expect(recomputed).toEqual(kept);
  expect(new Set(kept.losses).size).toBe(5);
});

test('no gradient takes what a normalised rectifier gave in the forward pass', () => {
  const model = smallModel();
  const inputs = [
    { shape: [BATCH, SIDE, SIDE, 3], dtype: typeNumber('float32') },
    { shape: [BATCH * SIDE * SIDE], dtype: typeNumber('int32') },
  ];
  const recorded = record({
    scope: 'step',
    inputs,
    compute: ([images, classes]) => {
      const { value, grads } = tf.variableGrads(() => lossOf(model)(images, classes), trainedVariables(model));
      return [value, ...Object.values(grads)];
    },
  });
  model.dispose();
  const recomputed = withRecomputedActivations(recorded);
  // The model's three units of convolution, normalisation and rectifier; the two bare rectifiers are left alone.
  const takers = (recording: Recording) => {
    const operations = new Map(recording.nodes.map(({ name, operation }) => [name, operation]));
    const normalised = (input: Endpoint) => operations.get(nodeOf(input)) === 'FusedBatchNormV3';
    const readersOf = readersByEndpoint(recording.nodes);
    const rectifiers = recording.nodes.filter(({ operation, inputs: [input], name }) => {
      return operation === 'Relu' && normalised(input) && !name.endsWith('/again');
    });
    return rectifiers.map(({ name }) => readersOf(`${name}:0`).map((reader) => operations.get(reader)!));
  };
  // What has two takers forward is pooled and joined; the head's input is taken by no pooling.
  expect(takers(recorded).map((operations) => [...operations].sort())).toEqual([
    ['ConcatV2', 'MaxPool', 'MaxPoolGrad', 'ReluGrad'],
    ['Conv2D', 'Conv2DBackpropFilter', 'ReluGrad'],
    ['Conv2D', 'Conv2DBackpropFilter', 'ReluGrad'],
  ]);
  expect(takers(recomputed).map((operations) => [...operations].sort())).toEqual([
    ['ConcatV2', 'MaxPool'],
    ['Conv2D'],
    ['Conv2D'],
  ]);
  // A copy waits for the gradient that needs it, or it would be made at once and be kept as before.
  const again = recomputed.nodes.filter(
    ({ operation, name }) => operation === 'FusedBatchNormV3' && /again$/.test(name),
  );
  expect(again.map(({ after }) => after.length)).toEqual([1, 1, 1]);
  expect(recomputed.outputs).toEqual(recorded.outputs);
});
