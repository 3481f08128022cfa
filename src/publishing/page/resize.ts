/**
 * Resizes pictures as libvips does under its `linear` kernel, which training and prediction use through `sharp`: a browser's
 * own resizing filters differently, and each browser in another way.
 */

/** A picture in memory: RGB, 0 to 255, [height, width, 3]. */
export interface Picture {
  width: number;
  height: number;
  pixels: Uint8Array;
}

export interface Window {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * @param window the part of the picture to take
 * @param size side of the result
 * @returns [size, size, 3]
 */
export function resizedWindow(picture: Picture, window: Window, size: number): Uint8Array {
  const { width, height } = window;
  const lower = resized({ values: cropped(picture, window), shape: [1, height, width * 3] }, size);
  return resized({ values: lower.values, shape: [size, width, 3] }, size).values;
}

/** Values seen as [outer, length, inner], to be resized along the middle axis. */
interface Values {
  values: Uint8Array;
  shape: [outer: number, length: number, inner: number];
}

/** From twice the factor two on, libvips first averages as many whole pixels as leave a factor of at least two. */
function resized(from: Values, size: number): Values {
  const scale = from.shape[1] / size;
  const count = Math.max(1, Math.floor(scale / 2));
  return filtered(averaged(from, count), size, scale / count);
}

/** Each value of the result is the mean of `count` neighbours; at the end the last one stands for those that are missing. */
function averaged(from: Values, count: number): Values {
  if (count === 1) return from;
  const { values, shape } = from;
  const [outer, length, inner] = shape;
  return computed([outer, Math.ceil(length / count), inner], (place, index, offset) => {
    let sum = 0;
    for (let step = 0; step < count; step += 1)
      sum += values[(place * length + Math.min(index * count + step, length - 1)) * inner + offset];
    return sum / count;
  });
}

/** A triangle filter as wide as the scale, at least two pixels; pixel centres lie at half-integer places. */
function filtered({ values, shape: [outer, length, inner] }: Values, size: number, scale: number): Values {
  const support = Math.max(1, scale);
  const taps = Array.from({ length: size }, (_, index) => {
    const center = (index + 0.5) * scale - 0.5;
    const first = Math.ceil(center - support);
    const count = Math.floor(center + support) - first + 1;
    const weights = Array.from({ length: count }, (_, tap) => 1 - Math.abs(first + tap - center) / support);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
  return computed([outer, size, inner], (place, index, offset) => {
    const { first, weights } = taps[index];
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap += 1) {
      const source = Math.min(Math.max(first + tap, 0), length - 1);
      sum += weights[tap] * values[(place * length + source) * inner + offset];
    }
    return sum;
  });
}

function computed(shape: Values['shape'], value: (place: number, index: number, offset: number) => number): Values {
  const [outer, length, inner] = shape;
  const values = new Uint8Array(outer * length * inner);
  let position = 0;
  for (let place = 0; place < outer; place += 1)
    for (let index = 0; index < length; index += 1)
      for (let offset = 0; offset < inner; offset += 1, position += 1)
        values[position] = Math.round(value(place, index, offset));
  return { values, shape };
}

function cropped({ width, pixels }: Picture, window: Window): Uint8Array {
  const row = window.width * 3;
  const values = new Uint8Array(window.height * row);
  for (let line = 0; line < window.height; line += 1) {
    const start = ((window.top + line) * width + window.left) * 3;
    values.set(pixels.subarray(start, start + row), line * row);
  }
  return values;
}
