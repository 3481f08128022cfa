import { tf } from '../tensorflow/tensorflow';

/**
 * Some rows of what TensorFlow's bilinear resize (half-pixel centres) would make of a window's logits, without making the
 * others: a window of a large picture takes gigabytes.
 *
 * @param logits [height, width, groups]
 * @param size of the whole result, in pixels
 * @param from first row
 * @param to behind the last row
 * @returns [to - from, size.width, groups]
 */
export function upSampledRows(
  logits: tf.Tensor3D,
  size: { width: number; height: number },
  from: number,
  to: number,
): tf.Tensor3D {
  const [rows, columns, groups] = logits.shape;
  const { width, height } = size;
  const places = Array.from({ length: to - from }, (_, row) => sourceRow(from + row, rows, height));
  const first = Math.floor(places[0]);
  const count = Math.ceil(places[places.length - 1]) - first + 1;
  return tf.tidy(() => {
    const source = tf.slice(logits, [first, 0, 0], [count, columns, groups]);
    // As high as it is already: columns alone are resized.
    const wide = tf.image.resizeBilinear(source, [count, width], false, true);
    const mixed = tf.matMul(rowWeights(places, first, count), wide.reshape<tf.Tensor2D>([count, width * groups]));
    return mixed.reshape<tf.Tensor3D>([to - from, width, groups]);
  });
}

/** Where a row's centre lies among the centres of the source's rows; rounded as TensorFlow rounds. */
function sourceRow(row: number, rows: number, height: number): number {
  const scale = Math.fround(rows / height);
  const place = Math.fround(Math.fround((row + 0.5) * scale) - 0.5);
  return Math.min(Math.max(place, 0), rows - 1);
}

/** What each row takes of the two that it lies between, [rows, count]. */
function rowWeights(places: readonly number[], first: number, count: number): tf.Tensor2D {
  const weights = new Float32Array(places.length * count);
  for (const [row, place] of places.entries()) {
    const above = Math.floor(place);
    const cell = row * count + above - first;
    weights[cell] = 1 - (place - above);
    if (place > above) weights[cell + 1] = place - above;
  }
  return tf.tensor2d(weights, [places.length, count]);
}
