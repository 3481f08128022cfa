import { GROUP_COLORS, GROUP_NAMES, type Rgb } from '../../labels';

/** A picture in memory. */
export interface RgbImage {
  width: number;
  height: number;
  /** [height, width, 3], 0 to 255. */
  pixels: Uint8Array;
}

/** A pixel of an {@link errorMask}. */
export const RIGHT = 0;
export const WRONG = 1;
export const NOT_JUDGED = 2;

export const WRONG_COLOR: Rgb = [236, 40, 52];
export const NOT_JUDGED_COLOR: Rgb = [205, 208, 214];

/** How much of a right pixel's brightness is kept, so that the wrong ones stand out from the scene. */
const RIGHT_BRIGHTNESS = 0.5;
const VOID = GROUP_NAMES.indexOf('void');

/** @returns each pixel's group in its colour. @throws RangeError for an index that is no group, or a wrong number of them. */
export function labelMaskImage(groups: ArrayLike<number>, width: number, height: number): RgbImage {
  if (groups.length !== width * height) throw new RangeError(`${groups.length} pixels, expected ${width}x${height}`);
  const palette = GROUP_NAMES.map((group) => GROUP_COLORS[group]);
  const pixels = new Uint8Array(groups.length * 3);
  for (let pixel = 0; pixel < groups.length; pixel += 1) {
    const color = palette[groups[pixel]];
    if (!color) throw new RangeError(`pixel ${pixel}: no group has the index ${groups[pixel]}`);
    // Not `set`, which takes ten times as long for three values.
    pixels[pixel * 3] = color[0];
    pixels[pixel * 3 + 1] = color[1];
    pixels[pixel * 3 + 2] = color[2];
  }
  return { width, height, pixels };
}

/**
 * Compares two masks of group indices.
 *
 * @param judgeVoid whether pixels whose true group is void count, as under `groups-8`
 * @returns RIGHT, WRONG or NOT_JUDGED for each pixel
 */
export function errorMask(
  truth: ArrayLike<number>,
  prediction: ArrayLike<number>,
  { judgeVoid = false }: { judgeVoid?: boolean } = {},
): Uint8Array {
  if (truth.length !== prediction.length)
    throw new RangeError(`${truth.length} true pixels against ${prediction.length} predicted ones`);
  return Uint8Array.from(truth, (group, pixel) => {
    if (group === VOID && !judgeVoid) return NOT_JUDGED;
    return group === prediction[pixel] ? RIGHT : WRONG;
  });
}

/** @returns the scene in dark grey where the prediction is right, red where it is wrong, light grey where it is not judged. */
export function errorMaskImage(mask: Uint8Array, image: RgbImage): RgbImage {
  const pixels = new Uint8Array(mask.length * 3);
  for (let pixel = 0; pixel < mask.length; pixel += 1) {
    const [red, green, blue] = image.pixels.subarray(pixel * 3, pixel * 3 + 3);
    // Luma weights of ITU-R BT.601.
    const grey = Math.round((0.299 * red + 0.587 * green + 0.114 * blue) * RIGHT_BRIGHTNESS);
    const color =
      mask[pixel] === WRONG ? WRONG_COLOR : mask[pixel] === NOT_JUDGED ? NOT_JUDGED_COLOR : [grey, grey, grey];
    pixels.set(color, pixel * 3);
  }
  return { width: image.width, height: image.height, pixels };
}

/** @returns the share of the judged pixels that are right, 0 to 1; NaN when none is judged. */
export function rightShare(mask: Uint8Array): number {
  let right = 0;
  let judged = 0;
  for (const value of mask) {
    if (value === RIGHT) right += 1;
    if (value !== NOT_JUDGED) judged += 1;
  }
  return right / judged;
}

/** @returns `over` laid upon `under`, `opacity` of it (0 to 1). */
export function blend(under: RgbImage, over: RgbImage, opacity = 0.5): RgbImage {
  const pixels = under.pixels.map((value, index) => Math.round(value * (1 - opacity) + over.pixels[index] * opacity));
  return { ...under, pixels };
}
