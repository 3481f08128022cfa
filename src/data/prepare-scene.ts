import { DataError } from '../errors';
import type { Scene } from './dataset';
import { maskValues, openMask, toLabelIds } from './mask';
import { centerSquare, type OpenPicture, openPicture, type RgbPicture, rgbPixels } from './picture';
import { resizedWindow } from './resize';

/** A picture with its truth, ready for a batch. */
export interface Sample {
  name: string;
  /** RGB, 0 to 255, [size, size, 3]. */
  image: Uint8Array;
  /** Pixels of a row of the image. */
  width: number;
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
export const PREPARATION_VERSION = 3;

/**
 * Reads a scene, cuts out the square in its middle and resizes that: the image as {@link resizedWindow} does, the mask by
 * the nearest pixel. Both put pixel centres at half-integer places, so that they stay aligned.
 *
 * @param size side of the result in pixels
 * @param labelIdOfMaskValue label id of each value a mask may hold
 * @throws DataError for a file that cannot be read or is no mask, image and mask that do not fit, an unknown mask value
 */
export async function prepareScene(
  scene: Scene,
  size: number,
  labelIdOfMaskValue: ReadonlyMap<number, number>,
): Promise<Sample> {
  const { image, mask } = await openPair(scene);
  const square = centerSquare(image.width, image.height);
  const [pixels, values] = await Promise.all([rgbPixels(image, square), maskValues(mask, square)]);
  const labelIds = toLabelIds(values, labelIdOfMaskValue, scene.mask);
  const { width, height } = square;
  const resized = resizedWindow({ width, height, pixels }, { left: 0, top: 0, width, height }, size);
  return {
    name: scene.name,
    image: resized,
    width: size,
    labelIds: nearest(labelIds, width, new Uint8Array(size * size)),
  };
}

/** Reads a scene as it is, neither cut nor resized. @throws DataError as {@link prepareScene} does */
export async function readWholeScene(
  scene: Scene,
  labelIdOfMaskValue: ReadonlyMap<number, number>,
): Promise<WholeScene> {
  const { image, mask } = await openPair(scene);
  const [pixels, values] = await Promise.all([rgbPixels(image), maskValues(mask)]);
  const { width, height } = image;
  const labelIds = toLabelIds(values, labelIdOfMaskValue, scene.mask);
  return { name: scene.name, picture: { width, height, pixels }, labelIds };
}

/**
 * Resizes a square of values by taking, for the centre of each new pixel, the old pixel it falls into.
 *
 * @param values [side, side]
 * @param result [size, size], which is filled
 */
export function nearest<T extends Uint8Array | Uint16Array>(values: T, side: number, result: T): T {
  const size = Math.sqrt(result.length);
  const source = Array.from({ length: size }, (_, index) => Math.floor(((index + 0.5) * side) / size));
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1)
      result[row * size + column] = values[source[row] * side + source[column]];
  return result;
}

async function openPair(scene: Scene): Promise<{ image: OpenPicture; mask: OpenPicture }> {
  const [image, mask] = await Promise.all([openPicture(scene.image), openMask(scene.mask)]);
  for (const { file, metadata } of [image, mask])
    if ((metadata.orientation ?? 1) !== 1)
      throw new DataError(
        `${file}: notes that it is to be turned (EXIF orientation ${metadata.orientation}), so it may not fit its partner`,
        'turn the pixels themselves so that image and mask fit, and remove the note',
      );
  if (image.width !== mask.width || image.height !== mask.height)
    throw new DataError(
      `${scene.mask}: is ${mask.width}x${mask.height}, its image ${scene.image} is ${image.width}x${image.height}`,
      'a mask must have the size of its image; fetch the pair again',
    );
  return { image, mask };
}
