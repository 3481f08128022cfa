import type { RgbPicture } from '../data/picture';
import { preprocessInto } from '../data/preprocessing';
import { DISPLAY, type MimeBundle } from '../display';
import { featureGrid } from '../report/drawing/feature-grid';
import { picturesBundle } from '../report/notebook/show-pictures';
import { tf } from '../tensorflow/tensorflow';

/** Channels that are shown. */
const SHOWN = 16;

/** What a block makes of a picture; its first channels are shown, each from its lowest value as black to its highest. */
export class BlockOutput {
  /** @param features [1, height, width, channels] */
  constructor(
    readonly model: tf.LayersModel,
    readonly features: tf.Tensor4D,
  ) {}

  [DISPLAY](): Promise<MimeBundle> {
    const { features, model } = this;
    const title = `[${features.shape.join(', ')}] of ${model.countParams()} parameters`;
    return picturesBundle(featureGrid([{ title, features }], { channels: SHOWN }));
  }
}

/**
 * Builds a block with random weights and applies it to a picture.
 *
 *     applyBlock(scene, (input) => contractionBlock(input, { name: 'mine', layers: ['mine_conv1'], filters: 8, batchNorm: true, seed: 1 }).skip)
 *
 * @param build from [1, height, width, 3], preprocessed as for random weights, to [1, height, width, channels]
 */
export function applyBlock(
  { width, height, pixels }: RgbPicture,
  build: (input: tf.SymbolicTensor) => tf.SymbolicTensor,
): BlockOutput {
  const input = tf.input({ shape: [height, width, 3] });
  const model = tf.model({ inputs: input, outputs: build(input) });
  const values = new Float32Array(pixels.length);
  preprocessInto(values, 0, pixels, 'tf');
  const features = tf.tidy(() => model.predict(tf.tensor4d(values, [1, height, width, 3])) as tf.Tensor4D);
  return new BlockOutput(model, features);
}
