import sharp, { type Sharp } from 'sharp';
import { DataError } from '../errors';
import type { Scene } from './dataset';

/** A picture with its truth, ready for a batch. */
export interface Sample {
  name: string;
  /** RGB, 0 to 255, [size, size, 3]. */
  image: Uint8Array;
  /** Label ids, 0 to 33: [size, size] for a scene, [1] for an object-centred crop. */
  labelIds: Uint8Array;
}

/** Changed whenever the same files would give other samples, so that cached ones are made anew. */
export const PREPARATION_VERSION = 1;

/** No picture of a street is larger; a file that claims to be is damaged or meant to exhaust memory. */
const MAXIMUM_PIXELS = 64e6;

/**
 * Reads a scene, cuts out the square in its middle and resizes that: the image with a triangle (bilinear) filter that is
 * widened when it shrinks, so that no source pixel is skipped; the mask by the nearest pixel. Both put pixel centres at
 * half-integer places, so that they stay aligned.
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
  const [image, mask] = await Promise.all([open(scene.image), open(scene.mask)]);
  if (image.width !== mask.width || image.height !== mask.height)
    throw new DataError(
      `${scene.mask}: is ${mask.width}x${mask.height}, its image ${scene.image} is ${image.width}x${image.height}`,
      'a mask must have the size of its image; fetch the pair again',
    );
  const square = centerSquare(image.width, image.height);
  const resized = image.picture
    .extract(square)
    .resize(size, size, { kernel: 'linear', fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha();
  if (mask.channels !== 1)
    throw new DataError(
      `${scene.mask}: has ${mask.channels} channels, expected one that holds label ids`,
      'use the masks of label ids, not those of colours',
    );
  const [pixels, values] = await Promise.all([
    raw(resized, scene.image),
    // Without extractChannel, sharp writes a grey picture's values three times.
    raw(mask.picture.extract(square).extractChannel(0), scene.mask),
  ]);
  const labelIds = toLabelIds(values, labelIdOfMaskValue, scene.mask);
  return { name: scene.name, image: pixels, labelIds: nearest(labelIds, square.width, size) };
}

export interface Square {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The largest square in the middle of a picture. */
export function centerSquare(width: number, height: number): Square {
  const side = Math.min(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), width: side, height: side };
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

async function open(file: string): Promise<{ picture: Sharp; width: number; height: number; channels: number }> {
  const picture = sharp(file, { limitInputPixels: MAXIMUM_PIXELS, failOn: 'warning' });
  try {
    const { width, height, channels } = await picture.metadata();
    return { picture, width, height, channels };
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

async function raw(picture: Sharp, file: string): Promise<Uint8Array> {
  try {
    const data = await picture.raw().toBuffer();
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new DataError(`${file}: cannot be read as a picture (${reason})`, 'fetch the file again', { cause });
}
