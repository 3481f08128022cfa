import { DataError } from '../errors';
import type { Scene } from './dataset';
import { type MaskMeaning, maskValues, openMask, toLabelIds } from './mask';
import { centerSquare, type OpenPicture, openPicture, type RgbPicture, rgbPixels, type Square } from './picture';
import { nearest, resizedWindow } from './resize';

/** A picture with its truth, ready for a batch. */
export interface Sample {
  name: string;
  /** RGB, 0 to 255, [height, width, 3]; square but for scenes that are prepared whole. */
  image: Uint8Array;
  /** Of the image, in pixels. */
  width: number;
  /** Label ids, 0 to 33: [height, width] for a scene, [1] for an object-centred crop. */
  labelIds: Uint8Array;
}

/** A whole picture with its truth, both in their own size. */
export interface WholeScene {
  name: string;
  picture: RgbPicture;
  /** Label ids, 0 to 33, [height, width]. */
  labelIds: Uint8Array;
}

/** Changed whenever the same files would give other samples, so that cached ones are made again. */
export const PREPARATION_VERSION = 3;

/**
 * What is prepared of a scene: the square in its middle, resized to that side; or all of it, resized to that height where it
 * is higher.
 */
export type Frame = number | { height: number };

/**
 * Reads a scene, cuts out its frame and resizes that: the image as {@link resizedWindow} does, the mask by the
 * {@link nearest} pixel.
 *
 * @param meaning of the masks' values, as a data set says it
 * @throws DataError for a file that cannot be read or is no mask, image and mask that do not fit, an unknown mask value
 */
export async function prepareScene(scene: Scene, frame: Frame, meaning: MaskMeaning): Promise<Sample> {
  const { image, mask } = await openPair(scene, meaning);
  const part = typeof frame === 'number' ? centerSquare(image.width, image.height) : wholePicture(image);
  const [pixels, values] = await Promise.all([
    rgbPixels(image, part),
    maskValues(mask, { part, form: meaning.maskForm }),
  ]);
  const labelIds = toLabelIds(values, meaning, scene.mask);
  const window = { ...part, left: 0, top: 0 };
  const height = typeof frame === 'number' ? frame : Math.min(frame.height, part.height);
  const width = Math.max(1, Math.round((part.width * height) / part.height));
  return {
    name: scene.name,
    image: resizedWindow({ ...window, pixels }, window, width, height),
    width,
    labelIds: nearest(labelIds, part.width, window, new Uint8Array(width * height), width),
  };
}

function wholePicture({ width, height }: OpenPicture): Square {
  return { left: 0, top: 0, width, height };
}

/** Reads a scene as it is, neither cut nor resized. @throws DataError as {@link prepareScene} does */
export async function readWholeScene(scene: Scene, meaning: MaskMeaning): Promise<WholeScene> {
  const { image, mask } = await openPair(scene, meaning);
  const [pixels, values] = await Promise.all([rgbPixels(image), maskValues(mask, { form: meaning.maskForm })]);
  const { width, height } = image;
  const labelIds = toLabelIds(values, meaning, scene.mask);
  return { name: scene.name, picture: { width, height, pixels }, labelIds };
}

async function openPair(scene: Scene, { maskForm }: MaskMeaning): Promise<{ image: OpenPicture; mask: OpenPicture }> {
  const [image, mask] = await Promise.all([openPicture(scene.image), openMask(scene.mask, maskForm)]);
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
