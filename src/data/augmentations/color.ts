import { z } from 'zod';
import type { Augmentation } from './augmentation';

const range = z.number().min(0).max(1);

/** Other light and other colours. */
const options = z.strictObject({
  /** The picture times a factor, at most so far from 1. */
  brightness: range.default(0.2),
  /** What differs from the picture's mean brightness, times a factor at most so far from 1. */
  contrast: range.default(0.2),
  /** What differs from grey of the pixel's brightness, times a factor at most so far from 1. */
  saturation: range.default(0.2),
  /** The colours turned, either way, by at most so much of the colour circle. */
  hue: z.number().min(0).max(0.5).default(0.02),
});

export const color = {
  stream: 'color',
  options,
  draw(random, { brightness, contrast, saturation, hue }) {
    const around = (center: number, distance: number) => random.uniform(center - distance, center + distance);
    const drawn = {
      brightness: around(1, brightness),
      contrast: around(1, contrast),
      saturation: around(1, saturation),
      turn: around(0, hue),
    };
    return (sample) => ({ ...sample, image: recolored(sample.image, drawn) });
  },
} satisfies Augmentation<z.infer<typeof options>>;

/** Brightness of red, green and blue, as in the W3C's `saturate` and `hue-rotate`, whose matrices these are. */
const LUMA = [0.213, 0.715, 0.072] as const;

/** Rows of a 3x3 matrix, one after the other. */
type Matrix = readonly number[];

function saturationMatrix(factor: number): Matrix {
  return cells((row, column) => (1 - factor) * LUMA[column] + (row === column ? factor : 0));
}

/** Turns about grey, which stays as it is, and keeps brightness. @param turn share of the whole circle */
function hueMatrix(turn: number): Matrix {
  const [cos, sin] = [Math.cos(2 * Math.PI * turn), Math.sin(2 * Math.PI * turn)];
  const across = [-0.213, -0.715, 0.928, 0.143, 0.14, -0.283, -0.787, 0.715, 0.072];
  return cells((row, column) => {
    const grey = LUMA[column];
    return grey + cos * ((row === column ? 1 : 0) - grey) + sin * across[row * 3 + column];
  });
}

function cells(cell: (row: number, column: number) => number): Matrix {
  return Array.from({ length: 9 }, (_, place) => cell(Math.floor(place / 3), place % 3));
}

function product(a: Matrix, b: Matrix): Matrix {
  return cells((row, column) => [0, 1, 2].reduce((sum, each) => sum + a[row * 3 + each] * b[each * 3 + column], 0));
}

/** Numbers are whole parts of this, so that every engine computes the same bytes; their sums fit into 32 bits. */
const PRECISION = 16;
const ONE = 1 << PRECISION;

/**
 * One linear step for all four, so that nothing is cut off between them: what leaves 0 to 255 is cut off at the end.
 *
 * @param image RGB, 0 to 255
 */
export function recolored(
  image: Uint8Array,
  {
    brightness,
    contrast,
    saturation,
    turn,
  }: { brightness: number; contrast: number; saturation: number; turn: number },
): Uint8Array {
  const matrix = product(hueMatrix(turn), saturationMatrix(saturation));
  const factors = matrix.map((each) => Math.round(each * brightness * contrast * ONE));
  // Grey stays grey under the matrix, so the mean is added after it.
  const shift = Math.round((1 - contrast) * brightness * meanLuma(image) * ONE) + ONE / 2;
  const [redRed, redGreen, redBlue, greenRed, greenGreen, greenBlue, blueRed, blueGreen, blueBlue] = factors;
  const result = new Uint8ClampedArray(image.length);
  for (let place = 0; place < image.length; place += 3) {
    const red = image[place];
    const green = image[place + 1];
    const blue = image[place + 2];
    result[place] = (redRed * red + redGreen * green + redBlue * blue + shift) >> PRECISION;
    result[place + 1] = (greenRed * red + greenGreen * green + greenBlue * blue + shift) >> PRECISION;
    result[place + 2] = (blueRed * red + blueGreen * green + blueBlue * blue + shift) >> PRECISION;
  }
  return new Uint8Array(result.buffer);
}

function meanLuma(image: Uint8Array): number {
  let [red, green, blue] = [0, 0, 0];
  for (let place = 0; place < image.length; place += 3) {
    red += image[place];
    green += image[place + 1];
    blue += image[place + 2];
  }
  return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) / (image.length / 3);
}
