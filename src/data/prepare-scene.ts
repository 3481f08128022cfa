import { DataError } from '../errors';
import type { Scene } from './dataset';
import { asRgb, centerSquare, type OpenPicture, openPicture, type RgbPicture, rawPixels } from './picture';
import { resizedWindow } from './resize';

/** A picture with its truth, ready for a batch. */
export interface Sample {
  name: string;
  /** RGB, 0 to 255, [size, size, 3]. */
  image: Uint8Array;
  /** Label ids, 0 to 33: [size, size] for a scene, [1] for an object-centred crop. */
  labelIds: Uint8Array;
}

/** A whole picture with its truth, both in their own size. */
export interface WholeScene {
  name: string;
  picture: RgbPicture;
  /** Label ids, 0 to 33, [height, width]. */
  labelIds: Uint8Array;
}

/** Changed whenever the same files would give other samples, so that cached ones are made anew. */
export const PREPARATION_VERSION = 2;

/**
 * Reads a scene, cuts out the square in its middle and resizes that: the image as {@link resizedWindow} does, the mask by
 * the nearest pixel. Both put pixel centres at half-integer places, so that they stay aligned.
 *
 * @param size side of the result in pixels
 * @param labelIdOfMaskValue label id of each value a mask may hold
 * @throws DataError for a file that cannot be read, image and mask of different sizes, an unknown mask value
 */
export async function prepareScene(
  scene: Scene,
  size: number,
  labelIdOfMaskValue: ReadonlyMap<number, number>,
): Promise<Sample> {
  const { image, mask } = await openPair(scene);
  const square = centerSquare(image.width, image.height);
  const [pixels, values] = await Promise.all([
    rawPixels(asRgb(image.picture.extract(square)), scene.image),
    // Without extractChannel, sharp writes a grey picture's values three times.
    rawPixels(mask.picture.extract(square).extractChannel(0), scene.mask),
  ]);
  const labelIds = toLabelIds(values, labelIdOfMaskValue, scene.mask);
  const { width, height } = square;
  const resized = resizedWindow({ width, height, pixels }, { left: 0, top: 0, width, height }, size);
  return { name: scene.name, image: resized, labelIds: nearest(labelIds, width, size) };
}

/** Reads a scene as it is, neither cut nor resized. @throws DataError as {@link prepareScene} does */
export async function readWholeScene(
  scene: Scene,
  labelIdOfMaskValue: ReadonlyMap<number, number>,
): Promise<WholeScene> {
  const { image, mask } = await openPair(scene);
  const [pixels, values] = await Promise.all([
    rawPixels(asRgb(image.picture), scene.image),
    rawPixels(mask.picture.extractChannel(0), scene.mask),
  ]);
  const { width, height } = image;
  const labelIds = toLabelIds(values, labelIdOfMaskValue, scene.mask);
  return { name: scene.name, picture: { width, height, pixels }, labelIds };
}

/**
 * Resizes a square of values by taking, for the centre of each new pixel, the old pixel it falls into.
 *
 * @param values [side, side]
 * @returns [size, size]
 */
export function nearest(values: Uint8Array, side: number, size: number): Uint8Array {
  const source = Array.from({ length: size }, (_, index) => Math.floor(((index + 0.5) * side) / size));
  const result = new Uint8Array(size * size);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1)
      result[row * size + column] = values[source[row] * side + source[column]];
  return result;
}

async function openPair(scene: Scene): Promise<{ image: OpenPicture; mask: OpenPicture }> {
  const [image, mask] = await Promise.all([openPicture(scene.image), openPicture(scene.mask)]);
  if (image.width !== mask.width || image.height !== mask.height)
    throw new DataError(
      `${scene.mask}: is ${mask.width}x${mask.height}, its image ${scene.image} is ${image.width}x${image.height}`,
      'a mask must have the size of its image; fetch the pair again',
    );
  if (mask.channels !== 1)
    throw new DataError(
      `${scene.mask}: has ${mask.channels} channels, expected one that holds label ids`,
      'use the masks of label ids, not those of colours',
    );
  return { image, mask };
}

/** Every value is looked at, also those that resizing would skip, so that a wrong mask never slips through. */
function toLabelIds(values: Uint8Array, labelIdOfMaskValue: ReadonlyMap<number, number>, file: string): Uint8Array {
  const labelIds = new Int16Array(256).fill(-1);
  for (const [value, labelId] of labelIdOfMaskValue) labelIds[value] = labelId;
  const unknown = values.find((value) => labelIds[value] < 0);
  if (unknown !== undefined) {
    const known = [...labelIdOfMaskValue.keys()];
    throw new DataError(
      `${file}: holds the value ${unknown}, expected ${Math.min(...known)} to ${Math.max(...known)}`,
      'use the masks of label ids, not those of train ids, colours or instances',
    );
  }
  return values.map((value) => labelIds[value]);
}
