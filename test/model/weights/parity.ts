import { expect } from 'bun:test';
import { join } from 'node:path';
import { type PreprocessingName, preprocessInto } from '../../../src/data/preprocessing';
import type { SegmentationOptions } from '../../../src/model/decoders/decoder';
import { uNet } from '../../../src/model/decoders/u-net';
import { type Encoder, encoderFeatures } from '../../../src/model/encoders/encoder';
import { encoderLayers } from '../../../src/model/weights/encoder-layers';
import { handOver } from '../../../src/model/weights/hand-over';
import type { PretrainedSource } from '../../../src/model/weights/pretrained-source';
import { float32Weight, type RawTensor, readSafetensors } from '../../../src/model/weights/safetensors';
import { tf } from '../../../src/tensorflow/tensorflow';

/** The fixtures' pictures, and their channels as a share of VGG19's. */
export const HEIGHT = 64;
export const WIDTH = 32;
export const SHARE = 1 / 32;

export const BLOCKS = ['block1', 'block2', 'block3', 'block4', 'block5'];

export const fixture = (name: string) => join(import.meta.dir, '..', '..', 'fixtures', name);

/** What the script beside the fixtures wrote down. */
export class Expected {
  private readonly tensors: Map<string, RawTensor>;

  constructor(file: string) {
    this.tensors = readSafetensors(fixture(file));
  }

  values(name: string): Float32Array {
    return float32Weight(this.tensors.get(name)!, name).values;
  }

  bytes(name: string): Uint8Array {
    return this.tensors.get(name)!.bytes;
  }
}

/** The U-Net that takes the fixture's layers over, as an experiment would build it. */
export function pretrainedUNet(
  { weights, batchNormEpsilon, variant }: PretrainedSource,
  options: Partial<SegmentationOptions> = {},
) {
  const { batchNorm = true, encoder } = options;
  const blocks = [1, 2, 3, 4, 5];
  const layers = encoderLayers(weights, { encoder, blocks, width: SHARE, batchNorm, batchNormEpsilon });
  const size = { height: HEIGHT, width: WIDTH, classes: 8, widthMultiplier: SHARE };
  const model = uNet({ ...size, batchNorm, batchNormEpsilon, variant, ...options });
  handOver(model, layers);
  return model;
}

/** What each block of an encoder hands over, and what leaves the last one. */
export function stageOutputs(
  encoder: Encoder,
  { weights, batchNormEpsilon, variant }: PretrainedSource,
  input: tf.Tensor,
  { batchNorm = true }: { batchNorm?: boolean } = {},
): Record<string, Float32Array> {
  const image = tf.input({ shape: input.shape.slice(1) });
  const common = { batchNorm, batchNormEpsilon };
  const { stages, deepest } = encoderFeatures(encoder, image, { widthMultiplier: SHARE, seed: 1, variant, ...common });
  const model = tf.model({ inputs: image, outputs: [...new Set([...stages, deepest])] });
  handOver(model, encoderLayers(weights, { encoder, blocks: [1, 2, 3, 4, 5], width: SHARE, ...common }));
  const outputs = tf.tidy(() => (model.predict(input) as tf.Tensor[]).map((each) => each.dataSync() as Float32Array));
  model.dispose();
  return Object.fromEntries([...BLOCKS, 'pooled'].map((key, index) => [key, outputs[index] ?? outputs[4]]));
}

/** What each contraction block saw before pooling, and what left the last pooling. */
export function blockOutputs(model: tf.LayersModel, input: tf.Tensor, training = false): Record<string, Float32Array> {
  const names = model.layers.map(({ name }) => name);
  const last = (block: string) =>
    names.filter((name) => name.startsWith(`${block}_`) && !name.endsWith('pool')).at(-1)!;
  const layers = [...BLOCKS.map(last), 'block5_pool'];
  const outputs = layers.map((name) => model.getLayer(name).output as tf.SymbolicTensor);
  const encoder = tf.model({ inputs: model.inputs, outputs });
  return tf.tidy(() => {
    const values = encoder.apply(input, { training }) as tf.Tensor[];
    return Object.fromEntries(
      [...BLOCKS, 'pooled'].map((key, index) => [key, values[index].dataSync() as Float32Array]),
    );
  });
}

/** 8-bit pictures as the network's input, [pictures, HEIGHT, WIDTH, 3]. */
export function preprocessed(pictures: Uint8Array, name: PreprocessingName): tf.Tensor {
  const values = new Float32Array(pictures.length);
  preprocessInto(values, 0, pictures, name);
  return tf.tensor(values, [pictures.length / (HEIGHT * WIDTH * 3), HEIGHT, WIDTH, 3]);
}

/** Largest difference over largest value, at most 1e-4. */
export function expectClose(found: Float32Array, expected: Float32Array, tolerance = 1e-4): void {
  expect(found.length).toBe(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - found[index])), 0);
  expect(largest).toBeGreaterThan(0);
  expect(difference / largest).toBeLessThanOrEqual(tolerance);
}

/** Holds what every block gives, and the pooling behind the last, to what the other library gave. */
export function expectBlocks(
  outputs: Record<string, Float32Array>,
  expected: Expected,
  blocks: readonly string[] = [...BLOCKS, 'pooled'],
): void {
  for (const block of blocks) expectClose(outputs[block], expected.values(block));
}
