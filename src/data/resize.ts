import type { RgbPicture, Square } from './picture';

/**
 * The one way in which a picture becomes a network's input: training, evaluation, prediction and the page in the browser
 * share this function, which therefore needs neither `sharp` nor Node.
 *
 * For squares it is Pillow's `BILINEAR`, byte for byte: a triangle filter, pixel centres at half-integer places, widened when
 * it shrinks, so that no source pixel is skipped (TensorFlow's bilinear resize looks at four pixels however far apart, and
 * libvips lays an enlarged picture half a pixel off). Rows are resized first, then columns, in fixed point, with bytes in
 * between.
 *
 * @param window the part of the picture to take; what lies outside of it has no influence
 * @param width of the result in pixels
 * @param height of the result; by default it is square
 * @returns RGB, 0 to 255, [height, width, 3]
 */
export function resizedWindow(picture: RgbPicture, window: Square, width: number, height = width): Uint8Array {
  const narrow = resizedRows(picture, window, triangles(window.width, width));
  return resizedColumns(narrow, width, triangles(window.height, height));
}

/**
 * Resizes a window of a mask by taking, for the centre of each new pixel, the old pixel it falls into. Like
 * {@link resizedWindow} it puts pixel centres at half-integer places, so that image and mask stay aligned.
 *
 * @param values [height, width]
 * @param width of the mask
 * @param result [height, resultWidth], which is filled
 */
export function nearest<T extends Uint8Array | Uint16Array>(
  values: T,
  width: number,
  window: Square,
  result: T,
  resultWidth = Math.sqrt(result.length),
): T {
  const height = result.length / resultWidth;
  const places = (from: number, length: number, count: number) =>
    Array.from({ length: count }, (_, index) => from + Math.floor(((index + 0.5) * length) / count));
  const columns = places(window.left, window.width, resultWidth);
  const rows = places(window.top, window.height, height);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < resultWidth; column += 1)
      result[row * resultWidth + column] = values[rows[row] * width + columns[column]];
  return result;
}

/** For each new pixel, which old ones it is made of. */
interface Taps {
  first: Int32Array;
  /** How many old pixels, from the first on. */
  count: Int32Array;
  /** Their weights, {@link Taps.stride} places for each new pixel, together {@link ONE}. */
  weights: Int32Array;
  stride: number;
}

/** Weights are whole numbers, so that every engine computes the same bytes: 255 times this fits into 32 bits. */
const PRECISION = 22;
const ONE = 1 << PRECISION;
const HALF = 1 << (PRECISION - 1);

function triangles(length: number, size: number): Taps {
  const scale = length / size;
  const support = Math.max(1, scale);
  const stride = Math.ceil(support) * 2 + 1;
  const taps: Taps = {
    first: new Int32Array(size),
    count: new Int32Array(size),
    weights: new Int32Array(size * stride),
    stride,
  };
  for (let index = 0; index < size; index += 1) {
    const center = (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const last = Math.min(length, Math.trunc(center + support + 0.5));
    const weights = Array.from({ length: last - first }, (_, tap) =>
      Math.max(0, 1 - Math.abs((first + tap + 0.5 - center) * (1 / support))),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    taps.first[index] = first;
    taps.count[index] = weights.length;
    taps.weights.set(
      weights.map((weight) => Math.trunc((weight / sum) * ONE + 0.5)),
      index * stride,
    );
  }
  return taps;
}

/** @returns [window height, new width, 3] */
function resizedRows({ pixels, width }: RgbPicture, window: Square, taps: Taps): Uint8Array {
  const { first, count, weights, stride } = taps;
  const result = new Uint8Array(window.height * first.length * 3);
  let target = 0;
  for (let row = 0; row < window.height; row += 1) {
    const start = (window.top + row) * width + window.left;
    for (let index = 0; index < first.length; index += 1, target += 3) {
      let source = (start + first[index]) * 3;
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      const end = index * stride + count[index];
      for (let tap = index * stride; tap < end; tap += 1, source += 3) {
        const weight = weights[tap];
        red += weight * pixels[source];
        green += weight * pixels[source + 1];
        blue += weight * pixels[source + 2];
      }
      result[target] = red >> PRECISION;
      result[target + 1] = green >> PRECISION;
      result[target + 2] = blue >> PRECISION;
    }
  }
  return result;
}

/** @param values [height, width, 3]. @returns [new height, width, 3] */
function resizedColumns(values: Uint8Array, width: number, taps: Taps): Uint8Array {
  const { first, count, weights, stride } = taps;
  const row = width * 3;
  const result = new Uint8Array(first.length * row);
  const sums = new Int32Array(row);
  for (let index = 0; index < first.length; index += 1) {
    sums.fill(HALF);
    for (let tap = 0; tap < count[index]; tap += 1) {
      const weight = weights[index * stride + tap];
      const source = (first[index] + tap) * row;
      for (let place = 0; place < row; place += 1) sums[place] += weight * values[source + place];
    }
    for (let place = 0; place < row; place += 1) result[index * row + place] = sums[place] >> PRECISION;
  }
  return result;
}
