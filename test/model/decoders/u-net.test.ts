import { describe, expect, test } from 'bun:test';
import { ModelError } from '../../../src/errors';
import { classifier as buildClassifier } from '../../../src/model/classifier';
import { uNet } from '../../../src/model/decoders/u-net';
import { VGG19 } from '../../../src/model/encoders/vgg19';
import { forwardPass, forwardPassOf } from '../../../src/model/forward-pass';
import { freezeBlocks } from '../../../src/model/frozen-blocks';
import { encoderLayers } from '../../../src/model/weights/encoder-layers';
import { handOver } from '../../../src/model/weights/hand-over';
import { LayerWeights } from '../../../src/model/weights/layer-weights';
import { tf } from '../../../src/tensorflow/tensorflow';

const tiny = { height: 32, width: 32, classes: 8, widthMultiplier: 1 / 32 };

describe('the forward-pass dimension test', () => {
  test.each([
    { height: 32, width: 32, classes: 2, batch: 1 },
    { height: 64, width: 64, classes: 8, batch: 3 },
    { height: 32, width: 96, classes: 8, batch: 2 },
    { height: 128, width: 64, classes: 30, batch: 1 },
  ])('$height x $width, $classes classes, batch $batch', ({ batch, ...shape }) => {
    for (const batchNorm of [true, false]) {
      const { output } = forwardPassOf(uNet, { ...shape, widthMultiplier: 1 / 32, batchNorm }, batch);
      expect(output).toEqual([batch, shape.height, shape.width, shape.classes]);
    }
  });

  test.each([33, 16, 100, 0, 48.5])('a side of %p is refused with a way out', (side) => {
    expect(() => uNet({ ...tiny, width: side })).toThrow(ModelError);
    expect(() => uNet({ ...tiny, width: side })).toThrow(`image width of ${side} pixels`);
  });

  test('it can fail', () => {
    const model = uNet(tiny);
    expect(forwardPass(model, 1, 9).right).toBe(false);
    model.dispose();
  });
});

describe('the architecture', () => {
  test('44.0 million parameters at full width with 8 classes', () => {
    // Counted by hand: kernel of a convolution = 3 x 3 x in x out; batch norm = 4 x out; bias only where there is none.
    const conv = (inputs: number, outputs: number) => 9 * inputs * outputs + 4 * outputs;
    const channels = [64, 128, 256, 512, 512];
    let [inputs, total] = [3, 0];
    for (const [block, count] of [2, 2, 4, 4, 4].entries())
      for (let layer = 0; layer < count; layer += 1) {
        total += conv(inputs, channels[block]);
        inputs = channels[block];
      }
    total += 2 * conv(512, 512); // bottleneck
    for (const outputs of [...channels].reverse()) {
      total += 4 * inputs * outputs + outputs; // transposed 2x2 convolution with bias
      total += conv(2 * outputs, outputs) + conv(outputs, outputs);
      inputs = outputs;
    }
    total += 64 * 8 + 8; // head
    const model = uNet({ ...tiny, widthMultiplier: 1 });
    expect(model.countParams()).toBe(total);
    expect((total / 1e6).toFixed(1)).toBe('44.0');
    model.dispose();
  });

  test('a decoder of half the width has half the channels, and the encoder all of them', () => {
    const model = uNet({ ...tiny, widthMultiplier: 1 / 16, decoderWidthMultiplier: 1 / 32 });
    const filters = (layer: string) => (model.getLayer(layer).outputShape as number[])[3];
    expect(['block1_conv1', 'block3_conv1', 'block5_conv4'].map(filters)).toEqual([64 / 16, 256 / 16, 512 / 16]);
    expect(['bottleneck_conv1', 'up5_conv1', 'up3_conv2', 'up1_transpose'].map(filters)).toEqual([
      512 / 32,
      512 / 32,
      256 / 32,
      64 / 32,
    ]);
    expect(filters('up5_concat')).toBe(512 / 16 + 512 / 32);
    model.dispose();
  });

  test("encoder layers have Keras's names", () => {
    const model = uNet(tiny);
    const names = model.layers.map(({ name }) => name);
    for (const { name } of VGG19.convolutions(1)) expect(names).toContain(name);
    expect(names.filter((name) => /^block\d_conv\d$/.test(name))).toHaveLength(16);
    model.dispose();
  });

  test('without batch norm every convolution has a bias, with it none but the head and the up-convolutions', () => {
    const biased = (batchNorm: boolean) => {
      const model = uNet({ ...tiny, batchNorm });
      const names = model.weights.map(({ originalName }) => originalName).filter((name) => name.endsWith('/bias'));
      model.dispose();
      return names.length;
    };
    expect(biased(true)).toBe(5 + 1);
    expect(biased(false)).toBe(16 + 2 + 5 * 3 + 1);
  });
});

describe('seeds', () => {
  const kernel = (seed: number, layer: string) => {
    const model = uNet({ ...tiny, seed });
    const values = [...model.getLayer(layer).getWeights()[0].dataSync()];
    model.dispose();
    return values;
  };

  test('the same seed gives the same weights, another seed or layer others', () => {
    expect(kernel(1, 'up5_conv2')).toEqual(kernel(1, 'up5_conv2'));
    expect(kernel(1, 'up5_conv2')).not.toEqual(kernel(2, 'up5_conv2'));
    expect(kernel(1, 'up5_conv2')).not.toEqual(kernel(1, 'block5_conv2'));
  });

  test('He normal: variance 2 / fan-in, cut at two standard deviations', () => {
    const model = uNet({ ...tiny, widthMultiplier: 0.25 });
    const values = [...model.getLayer('block4_conv3').getWeights()[0].dataSync()]; // 3 x 3 x 128 x 128
    model.dispose();
    const variance = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    const expected = 2 / (9 * 128);
    expect(variance / expected).toBeCloseTo(1, 1);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual((2 * Math.sqrt(expected)) / 0.8796);
  });
});

describe('handing over layers', () => {
  const options = { size: 32, classes: 5, widthMultiplier: 1 / 32, seed: 7 };
  const encoder = { blocks: [1, 2, 3, 4, 5], width: 1 / 32, batchNorm: true, batchNormEpsilon: 1e-3 };

  /** The weights of a classifier, by layer and weight. */
  function weightsOf(model: tf.LayersModel): LayerWeights {
    const arrays = model.weights.map((weight) => {
      const values = weight.read().dataSync() as Float32Array;
      return [weight.originalName, { shape: weight.shape as number[], values }] as const;
    });
    return new LayerWeights('classifier', new Map(arrays));
  }

  test('named blocks get the layers, the others keep their random start', () => {
    const classifier = buildClassifier(options);
    const model = uNet(tiny);
    handOver(model, encoderLayers(weightsOf(classifier), { ...encoder, blocks: [1, 2, 3] }));
    const random = uNet(tiny);
    const values = (from: tf.LayersModel, layer: string) => [...from.getLayer(layer).getWeights()[0].dataSync()];
    expect(values(model, 'block3_conv4')).toEqual(values(classifier, 'block3_conv4'));
    expect(values(model, 'block3_conv4_bn')).toEqual(values(classifier, 'block3_conv4_bn'));
    expect(values(model, 'block4_conv1')).toEqual(values(random, 'block4_conv1'));
    expect(values(model, 'up1_conv1')).toEqual(values(random, 'up1_conv1'));
    for (const each of [classifier, model, random]) each.dispose();
  });

  test('the U-Net then sees what the classifier saw', () => {
    const classifier = buildClassifier(options);
    const model = uNet(tiny);
    handOver(model, encoderLayers(weightsOf(classifier), encoder));
    const features = (from: tf.LayersModel) =>
      tf.model({ inputs: from.inputs, outputs: from.getLayer('block5_pool').output as tf.SymbolicTensor });
    const image = tf.randomUniform([1, 32, 32, 3], -1, 1, 'float32', 3);
    const [ours, theirs] = [model, classifier].map((each) => (features(each).predict(image) as tf.Tensor).dataSync());
    expect([...ours]).toEqual([...theirs]);
    for (const each of [classifier, model]) each.dispose();
    image.dispose();
  });

  test('a wrong width and a weight without a place are named', () => {
    const [wide, bare] = [
      buildClassifier({ ...options, widthMultiplier: 1 / 16 }),
      buildClassifier({ ...options, batchNorm: false }),
    ];
    const model = uNet(tiny);
    expect(() => handOver(model, weightsOf(wide))).toThrow(
      'classifier: "block1_conv1/kernel" has shape [3,3,3,4], the model expects [3,3,3,2]',
    );
    expect(() => handOver(model, weightsOf(bare))).toThrow(
      'classifier: holds "block1_conv1/bias", which the model has no place for',
    );
    for (const each of [wide, bare, model]) each.dispose();
  });
});

test('freezing a block leaves its weights and its running statistics out of training', () => {
  const model = uNet(tiny);
  freezeBlocks(model, [1, 2]);
  const trainable = new Set(model.trainableWeights.map(({ originalName }) => originalName));
  expect(trainable).not.toContain('block2_conv1/kernel');
  expect(trainable).not.toContain('block2_conv1_bn/gamma');
  expect(trainable).toContain('block3_conv1/kernel');
  const statistics = () => [...model.getLayer('block1_conv1_bn').getWeights()[2].dataSync()];
  const before = statistics();
  tf.tidy(() => model.apply(tf.ones([2, 32, 32, 3]), { training: true }) as tf.Tensor);
  expect(statistics()).toEqual(before);
  model.dispose();
});

test('frozen groups may keep their batch normalisation in training', () => {
  const model = uNet({
    height: 32,
    width: 32,
    classes: 8,
    widthMultiplier: 1 / 32,
  });
  freezeBlocks(model, [1], { batchNorm: false });
  const trainable = () => model.trainableWeights.map(({ originalName }) => originalName);
  expect(trainable()).not.toContain('block1_conv1/kernel');
  expect(trainable()).toContain('block1_conv1_bn/gamma');
  const mean = () => [...model.getLayer('block1_conv1_bn').getWeights()[2].dataSync()];
  const before = mean();
  tf.tidy(() => model.apply(tf.ones([2, 32, 32, 3]), { training: true }) as tf.Tensor);
  expect(mean()).not.toEqual(before);
  freezeBlocks(model, []);
  expect(trainable()).toContain('block1_conv1/kernel');
  model.dispose();
});
