import { afterAll, expect, test } from 'bun:test';
import { ModelError } from '../../src/errors';
import { correctPriors } from '../../src/evaluation/prior-correction';
import { tf } from '../../src/tensorflow/tensorflow';

const image = tf.input({ shape: [1, 1, 3] });
const models: tf.LayersModel[] = [];
afterAll(() => {
  for (const model of models) model.dispose();
});

/** A model that gives every pixel the same probabilities. */
function constant(probabilities: readonly number[], useBias = true): tf.LayersModel {
  const layer = tf.layers.conv2d({ filters: probabilities.length, kernelSize: 1, useBias, kernelInitializer: 'zeros' });
  const model = tf.model({ inputs: image, outputs: layer.apply(image) as tf.SymbolicTensor });
  models.push(model);
  if (useBias) layer.setWeights([layer.getWeights()[0], tf.log(tf.tensor1d([...probabilities]))]);
  return model;
}

const probabilitiesOf = (model: tf.LayersModel) =>
  tf.tidy(() => tf.softmax(model.predict(tf.zeros([1, 1, 1, 3])) as tf.Tensor).dataSync());

test.each([
  [0, [0.6, 0.3, 0.1]],
  // 0.6 / 2, 0.3 / 1, 0.1 / 0.5: 0.3, 0.3 and 0.2, of a sum of 0.8.
  [0.5, [0.375, 0.375, 0.25]],
  // 0.6 / 4, 0.3 / 1, 0.1 / 0.25: 0.15, 0.3 and 0.4, of a sum of 0.85.
  [1, [15 / 85, 30 / 85, 40 / 85]],
] as const)('weights of 4, 1 and a quarter taken back by %p', (share, expected) => {
  const model = constant([0.6, 0.3, 0.1]);
  correctPriors(model, [4, 1, 0.25], share);
  for (const [index, value] of probabilitiesOf(model).entries()) expect(value).toBeCloseTo(expected[index], 6);
});

test.each([1, 10])('a class of weight 0 gains on none, whatever the scale of the weights (%p)', (scale) => {
  const model = constant([0.5, 0.4, 0.1]);
  correctPriors(
    model,
    [0, 4, 1].map((weight) => weight * scale),
    1,
  );
  // 0.5 / 4, 0.4 / 4 and 0.1 / 1: 0.125, 0.1 and 0.1, of a sum of 0.325.
  const found = probabilitiesOf(model);
  for (const [index, value] of [125 / 325, 100 / 325, 100 / 325].entries()) expect(found[index]).toBeCloseTo(value, 6);
});

test('a model without a bias for each weight is refused', () => {
  expect(() => correctPriors(constant([1, 1], false), [1, 2], 1)).toThrow(ModelError);
  expect(() => correctPriors(constant([1, 1]), [1, 2, 3], 1)).toThrow('no bias for each of 3 classes');
});
