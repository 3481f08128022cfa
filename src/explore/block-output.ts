import type { RgbPicture } from '../data/picture';
import { preprocessInto } from '../data/preprocessing';
import { DISPLAY, type MimeBundle } from '../display';
import { picturesBundle } from '../report/notebook/show-pictures';
import { tf } from '../tensorflow/tensorflow';
import { greyPicture } from './shown-picture';

/** Channels that are shown, and how many in a row. */
const SHOWN = 16;
const COLUMNS = 8;

/** What a block makes of a picture; its first channels are shown, each from its lowest value as black to its highest. */
export class BlockOutput {
  /** @param features [1, height, width, channels] */
  constructor(
    readonly model: tf.LayersModel,
    readonly features: tf.Tensor4D,
  ) {}

  [DISPLAY](): Promise<MimeBundle> {
    const [, height, width, channels] = this.features.shape;
    const values = this.features.dataSync();
    const cells = Array.from({ length: Math.min(SHOWN, channels) }, (_, channel) => {
      const ofChannel = Float32Array.from({ length: height * width }, (_, pixel) => values[pixel * channels + channel]);
      const range = [Math.min, Math.max].map((of) => ofChannel.reduce((a, b) => of(a, b))) as [number, number];
      const image = greyPicture(`channel ${channel}`, { width, height }, ofChannel, range);
      return { image, note: `channel ${channel}: ${range.map((value) => value.toPrecision(2)).join(' to ')}` };
    });
    const rows = Array.from({ length: Math.ceil(cells.length / COLUMNS) }, (_, row) => ({
      title: '',
      cells: cells.slice(row * COLUMNS, (row + 1) * COLUMNS),
    }));
    return picturesBundle({
      description: `Features [1, ${height}, ${width}, ${channels}], of ${this.model.countParams()} parameters`,
      columns: cells.slice(0, COLUMNS).map((_, index) => ({
        title: index === 0 ? `[1, ${height}, ${width}, ${channels}]` : '',
      })),
      rows,
      legends: [],
      cellWidth: 128,
    });
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
