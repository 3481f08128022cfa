import { createHash } from 'node:crypto';
import { typeAttribute } from './attributes';
import { executeOperation } from './execute-operation';
import { tf } from './tensorflow';

/**
 * He normal (He et al. 2015), as Keras has it: a normal distribution cut at two standard deviations, with variance
 * 2 / fan-in, drawn by TensorFlow's counter-based generator. The same seed and name give the same tensor whatever else
 * was drawn before, so that two models that differ in one layer agree in all others.
 *
 * @param shape of a convolution's kernel, [height, width, input channels, output channels]
 * @param fanIn number of inputs that feed one output
 */
export function heNormal(shape: number[], fanIn: number, seed: number, name: string): tf.Tensor {
  // Keras divides by the standard deviation that cutting leaves (0.8796), so that the variance is right after it.
  const standardDeviation = Math.sqrt(2 / fanIn) / 0.87962566103423978;
  return tf.tidy(() => {
    const [draw] = executeOperation(
      'StatelessTruncatedNormal',
      [typeAttribute('dtype', 'float32'), typeAttribute('T', 'int32'), typeAttribute('Tseed', 'int32')],
      [tf.tensor1d(shape, 'int32'), tf.tensor1d([seed, hash(name)], 'int32')],
    );
    return tf.mul(draw, standardDeviation);
  });
}

/**
 * The kernel by which a transposed convolution interpolates linearly along both sides, each channel for itself, pixel centres
 * at half-integer places (as the up-sampling of Long, Shelhamer & Darrell 2015 begins).
 *
 * @param shape [2 stride, 2 stride, filters, channels]
 */
export function bilinear([size, , filters, channels]: number[]): tf.Tensor {
  const values = new Float32Array(size * size * filters * channels);
  const weight = (place: number) => 1 - Math.abs(place - (size - 1) / 2) / (size / 2);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1)
      for (let channel = 0; channel < Math.min(filters, channels); channel += 1)
        values[((row * size + column) * filters + channel) * channels + channel] = weight(row) * weight(column);
  return tf.tensor4d(values, [size, size, filters, channels]);
}

/** @returns the first 31 bits of the SHA-256 of `text`. */
function hash(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) >>> 1;
}
