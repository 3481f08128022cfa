import sharp from 'sharp';
import { type ClassOfSet, IGNORED } from '../../data/classes/class-set';
import { colorValue, type Rgb } from '../../labels';

/** A picture in memory. */
export interface RgbImage {
  width: number;
  height: number;
  /** [height, width, 3], 0 to 255. */
  pixels: Uint8Array;
  /** Whether its colours stand for classes: the mean of two of them would be a third one. */
  ofClasses?: boolean;
}

/** @returns a PNG of a size in pixels; made smaller it is filtered, or takes the nearest pixel where colours are classes. */
export function imagePng(
  { pixels, ofClasses, ...own }: RgbImage,
  { width, height }: { width: number; height: number } = own,
  compressionLevel?: number,
): Promise<Buffer> {
  const kernel = width < own.width && !ofClasses ? 'linear' : 'nearest';
  return sharp(pixels, { raw: { width: own.width, height: own.height, channels: 3 } })
    .resize(width, height, { kernel, fit: 'fill' })
    .png({ compressionLevel })
    .toBuffer();
}

/** A pixel of an {@link errorMask}. */
export const RIGHT = 0;
export const WRONG = 1;
export const NOT_EVALUATED = 2;

export const WRONG_COLOR: Rgb = [236, 40, 52];
export const NOT_EVALUATED_COLOR: Rgb = [205, 208, 214];

/** How much of a right pixel's brightness is kept, so that the wrong ones stand out from the scene. */
const RIGHT_BRIGHTNESS = 0.5;

/** What pixels that are ignored look like in a mask: black, or light grey where a class is black, as VOC's background. */
export function ignoredColor(classes: readonly ClassOfSet[]): Rgb {
  return classes.some(({ color }) => colorValue(color) === 0) ? NOT_EVALUATED_COLOR : [0, 0, 0];
}

/**
 * @param indices class of each pixel, [height, width]; {@link IGNORED} is as {@link ignoredColor} says
 * @returns each pixel's class in its colour
 * @throws RangeError for an index that is no class, or a wrong number of them
 */
export function labelMaskImage(
  indices: ArrayLike<number>,
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  classes: readonly ClassOfSet[],
): RgbImage {
  if (indices.length !== width * height) throw new RangeError(`${indices.length} pixels, expected ${width}x${height}`);
  const palette: Rgb[] = classes.map((each) => each.color);
  palette[IGNORED] = ignoredColor(classes);
  const pixels = new Uint8Array(indices.length * 3);
  for (let pixel = 0; pixel < indices.length; pixel += 1) {
    const color = palette[indices[pixel]];
    if (!color) throw new RangeError(`pixel ${pixel}: no class has the index ${indices[pixel]}`);
    // Not `set`, which takes ten times as long for three values.
    pixels[pixel * 3] = color[0];
    pixels[pixel * 3 + 1] = color[1];
    pixels[pixel * 3 + 2] = color[2];
  }
  return { width, height, pixels, ofClasses: true };
}

/**
 * Compares two masks of class indices. Pixels whose truth is {@link IGNORED} are never evaluated.
 *
 * @param leftOut a class whose true pixels are not evaluated
 * @returns RIGHT, WRONG or NOT_EVALUATED for each pixel
 */
export function errorMask(
  truth: ArrayLike<number>,
  prediction: ArrayLike<number>,
  { leftOut = IGNORED }: { leftOut?: number } = {},
): Uint8Array {
  if (truth.length !== prediction.length)
    throw new RangeError(`${truth.length} true pixels against ${prediction.length} predicted ones`);
  return Uint8Array.from(truth, (index, pixel) => {
    if (index === leftOut || index === IGNORED) return NOT_EVALUATED;
    return index === prediction[pixel] ? RIGHT : WRONG;
  });
}

/** @returns the scene in dark grey where the prediction is right, red where it is wrong, light grey where it is not evaluated. */
export function errorMaskImage(mask: Uint8Array, image: RgbImage): RgbImage {
  const pixels = new Uint8Array(mask.length * 3);
  for (let pixel = 0; pixel < mask.length; pixel += 1) {
    const [red, green, blue] = image.pixels.subarray(pixel * 3, pixel * 3 + 3);
    // Luma weights of ITU-R BT.601.
    const grey = Math.round((0.299 * red + 0.587 * green + 0.114 * blue) * RIGHT_BRIGHTNESS);
    const color =
      mask[pixel] === WRONG ? WRONG_COLOR : mask[pixel] === NOT_EVALUATED ? NOT_EVALUATED_COLOR : [grey, grey, grey];
    pixels.set(color, pixel * 3);
  }
  return { width: image.width, height: image.height, pixels };
}

/** @returns the share of the evaluated pixels that are right, 0 to 1; NaN when none is evaluated. */
export function rightShare(mask: Uint8Array): number {
  let right = 0;
  let evaluated = 0;
  for (const value of mask) {
    if (value === RIGHT) right += 1;
    if (value !== NOT_EVALUATED) evaluated += 1;
  }
  return right / evaluated;
}

/** @returns values [height, width] as shades of grey, from `low`, black, to `high`, white; where these are one, all black. */
export function greyImage(
  values: Float32Array,
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  [low, high]: readonly [number, number],
): RgbImage {
  const pixels = new Uint8Array(width * height * 3);
  values.forEach((value, pixel) => {
    pixels.fill(high > low ? Math.round(((value - low) / (high - low)) * 255) : 0, pixel * 3, pixel * 3 + 3);
  });
  return { width, height, pixels };
}

/** @returns `over` laid upon `under`, half of each. */
export function blend(under: RgbImage, over: RgbImage): RgbImage {
  return { ...under, pixels: under.pixels.map((value, index) => Math.round((value + over.pixels[index]) / 2)) };
}
