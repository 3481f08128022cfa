import { describe, expect, test } from 'bun:test';
import { DECODER_NAMES, DECODERS } from '../../../src/model/decoders';
import { ENCODER_NAMES, ENCODERS } from '../../../src/model/encoders';
import { encoderFeatures } from '../../../src/model/encoders/encoder';
import { forwardPass } from '../../../src/model/forward-pass';
import { withInputSize } from '../../../src/model/input-size';
import { encoderLayers } from '../../../src/model/weights/encoder-layers';
import { handOver } from '../../../src/model/weights/hand-over';
import { LayerWeights, type WeightArray } from '../../../src/model/weights/layer-weights';
import { createRandom } from '../../../src/random';
import { createProgram } from '../../../src/tensorflow/program';
import { tf } from '../../../src/tensorflow/tensorflow';
import { createLoss, lossSchema } from '../../../src/training/losses';
import { createOptimizer } from '../../../src/training/optimizers';
import { TrainingStep } from '../../../src/training/training-step';
import { COMPILED, EAGER } from '../../tensorflow/execution';

const WIDTH = 1 / 16;

describe.each([...ENCODER_NAMES])('%s', (name) => {
  const encoder = ENCODERS[name];
  const build = (batchNorm = true) => {
    const image = tf.input({ shape: [64, 96, 3] });
    const features = encoderFeatures(encoder, image, { widthMultiplier: WIDTH, batchNorm, seed: 1 });
    return { features, model: tf.model({ inputs: image, outputs: features.deepest }) };
  };

  test('stages have the stride and the channels that it says', () => {
    const { features, model } = build();
    for (const [index, { stride, channels }] of encoder.stages.entries())
      expect(features.stages[index].shape).toEqual([null, 64 / stride, 96 / stride, channels * WIDTH]);
    expect(features.deepest.shape.slice(1, 3)).toEqual([64 / encoder.stride, 96 / encoder.stride]);
    model.dispose();
  });

  test.each([true, false])(
    'its convolutions are those it lists, by name, stage and shape (batchNorm: %p)',
    (batchNorm) => {
      const { model } = build(batchNorm);
      const listed = encoder.convolutions(WIDTH);
      const withWeights = model.layers.filter(({ weights }) => weights.length > 0).map((layer) => layer.name);
      expect(withWeights.sort()).toEqual(
        listed.flatMap(({ name: layer, batchNorm: norm }) => (batchNorm ? [layer, norm] : [layer])).sort(),
      );
      for (const { name: layer, batchNorm: norm, stage, kernel } of listed) {
        expect(model.getLayer(layer).weights[0].shape).toEqual([...kernel]);
        expect([encoder.stageOf(layer), encoder.stageOf(norm)]).toEqual([stage, stage]);
      }
      model.dispose();
    },
  );

  test('weights of its blocks 1 to 3 alone are enough for these', () => {
    const filled = (shape: readonly number[], value: number): WeightArray => ({
      shape,
      values: new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(value),
    });
    const convolutions = encoder.convolutions(WIDTH);
    const arrays = convolutions
      .filter(({ stage }) => stage <= 3)
      .flatMap(({ name: layer, kernel }): [string, WeightArray][] => [
        [`${layer}/kernel`, filled(kernel, 0.5)],
        [`${layer}/bias`, filled([kernel[3]], 2)],
      ]);
    const weights = new LayerWeights('file', new Map(arrays));
    const shape = { encoder, width: WIDTH, batchNorm: true, batchNormEpsilon: 1e-3 };
    const { model } = build();
    const deep = convolutions.find(({ stage }) => stage === 4)!.name;
    const first = (layer: string) => model.getLayer(layer).getWeights()[0].dataSync()[0];
    const before = first(deep);
    handOver(model, encoderLayers(weights, { ...shape, blocks: [1, 2, 3] }));
    for (const { name: layer, stage } of convolutions) if (stage <= 3) expect(first(layer)).toBe(0.5);
    expect(first(deep)).toBe(before);
    expect(() => encoderLayers(weights, { ...shape, blocks: [3, 4] })).toThrow(`file: holds no "${deep}"`);
    model.dispose();
  });

  describe.each([...DECODER_NAMES])('with the decoder %s', (decoderName) => {
    const options = { classes: 5, encoder, widthMultiplier: WIDTH, seed: 2 };
    const decoder = DECODERS[decoderName];

    test('its first stage, the bottom and one level above it make a network by themselves', () => {
      const image = tf.input({ shape: [64, 96, 3] });
      const unit = { widthMultiplier: WIDTH, batchNorm: true, seed: 1 };
      const [{ stride }] = encoder.stages;
      const { skip, pooled } = encoder.stage(image, 1, unit);
      const bottom = decoder.bottom(pooled, { ...unit, stride: 2 * stride });
      const level = decoder.level(bottom, skip, { ...unit, stride });
      const model = tf.model({ inputs: image, outputs: level });
      const output = model.predict(tf.zeros([1, 64, 96, 3])) as tf.Tensor;
      expect(output.shape.slice(0, 3)).toEqual([1, 64 / stride, 96 / stride]);
      model.dispose();
    });

    test('logits have the size of the picture, and pictures may have any', () => {
      const model = decoder.model({ ...options, height: 64, width: 96 });
      expect(forwardPass(model, 2, 5)).toMatchObject({ output: [2, 64, 96, 5], right: true });
      const wide = withInputSize(model, { height: 32, width: 160 });
      expect(forwardPass(wide, 1, 5)).toMatchObject({ output: [1, 32, 160, 5], right: true });
      for (const each of [wide, model]) each.dispose();
    });

    test('saved, it gives the same in stock TensorFlow.js, which knows nothing of the fused layers', async () => {
      const model = decoder.model({ ...options, height: 64, width: 64 });
      let artifacts: Parameters<Parameters<typeof tf.io.withSaveHandler>[0]>[0] = {};
      await model.save(
        tf.io.withSaveHandler(async (saved) => {
          artifacts = saved;
          return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
        }),
      );
      const stock = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
      const image = tf.randomUniform([1, 64, 64, 3], -1, 1, 'float32', 3);
      const [ours, theirs] = [model, stock].map((each) => each.predict(image) as tf.Tensor);
      const largest = tf.max(tf.abs(ours)).dataSync()[0];
      expect(tf.max(tf.abs(tf.sub(ours, theirs))).dataSync()[0] / largest).toBeLessThan(1e-4);
      for (const each of [model, stock]) each.dispose();
    });

    test("its layers are the encoder's, its own or the head, told apart by name", () => {
      const model = decoder.model({ ...options, height: 64, width: 64 });
      const strange = model.layers
        .filter(({ weights }) => weights.length > 0)
        .map((layer) => layer.name)
        .filter((layer) => encoder.stageOf(layer) === undefined && !decoder.isOwn(layer) && layer !== 'logits');
      expect(strange).toEqual([]);
      model.dispose();
    });

    test('a decoder of half the width has fewer weights behind the same encoder', () => {
      const counts = [undefined, WIDTH / 2].map((decoderWidthMultiplier) => {
        const model = decoder.model({ ...options, height: 64, width: 64, decoderWidthMultiplier });
        const of = (own: boolean) =>
          model.layers
            .filter((layer) => (encoder.stageOf(layer.name) === undefined) === own)
            .reduce((sum, layer) => sum + layer.countParams(), 0);
        const [own, others] = [of(true), of(false)];
        model.dispose();
        return { own, others };
      });
      expect(counts[1].own).toBeLessThan(counts[0].own / 1.9);
      expect(counts[1].others).toBe(counts[0].others);
    });

    test('compiled, its gradients are those of operation by operation', () => {
      const random = createRandom(1);
      const batch = {
        names: ['a', 'b'],
        images: Float32Array.from({ length: 2 * 64 * 64 * 3 }, () => random.uniform(-1, 1)),
        labelIds: new Uint8Array(2 * 64 * 64),
        classes: Int32Array.from({ length: 2 * 64 * 64 }, (_, index) => (index >> 5) % 5),
      };
      // Without batch normalisation, which over so few values makes much of rounding. A step of rate 1 takes each weight's
      // gradient off it.
      const [one, other] = [EAGER, { ...COMPILED, autotune: false }].map((execution) => {
        const model = decoder.model({ ...options, batchNorm: false, height: 64, width: 64 });
        const kernels = model.trainableWeights.filter(({ shape }) => shape.length === 4);
        const values = () => kernels.map((kernel) => kernel.read().dataSync().slice() as Float32Array);
        const before = values();
        const program = createProgram(execution);
        const loss = createLoss(lossSchema.parse([{}]), { classes: 5, shares: null }, { ignoring: false });
        const optimizer = createOptimizer({ name: 'sgd', momentum: 0, weightDecay: 0 });
        const step = new TrainingStep(model, program, { loss, optimizer });
        const value = step.run(batch, 1);
        program.pull();
        const gradients = values().map((after, index) => after.map((each, place) => before[index][place] - each));
        program.dispose();
        model.dispose();
        return { loss: value, gradients };
      });
      const norm = (values: Float32Array) => Math.hypot(...values.subarray(0, 20_000));
      expect(other.loss / one.loss).toBeCloseTo(1, 5);
      for (const [index, gradient] of one.gradients.entries()) {
        const difference = gradient.map((value, place) => value - other.gradients[index][place]);
        expect(norm(gradient)).toBeGreaterThan(0);
        expect(norm(difference) / norm(gradient)).toBeLessThan(1e-3);
      }
    }, 60_000);
  });
});
