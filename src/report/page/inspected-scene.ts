import { type ClassSet, IGNORED } from '../../data/classes/class-set';
import type { Dataset, Scene } from '../../data/dataset';
import type { Offset } from '../../data/inspection/edges';
import { maskValues, openMask } from '../../data/mask';
import { type RgbPicture, readPicture } from '../../data/picture';
import { prepareScene } from '../../data/prepare-scene';
import { resizedWindow } from '../../data/resize';
import { DataError } from '../../errors';
import type { Rgb } from '../../labels';
import { blend, ignoredColor, labelMaskImage, type RgbImage } from '../drawing/rgb-image';

/** A picture of a scene with what it shows; without a picture where it could not be read. */
export interface InspectedView {
  caption: string;
  image?: RgbImage;
}

/** Of a mask's values that stand for no label. */
export const UNKNOWN_COLOR: Rgb = [255, 255, 255];

/** Height at which scenes are shown. */
const HEIGHT = 192;

/**
 * A scene, its mask and that laid over it.
 *
 * @param moved adds the mask where it follows the picture better, by an offset in pixels of a picture of that height
 */
export async function inspectedViews(
  scene: Scene,
  dataset: Dataset,
  { classes, classOfLabelId }: ClassSet,
  moved?: { offset: Offset; height: number },
): Promise<InspectedView[]> {
  const { image: pixels, width, labelIds } = await prepareScene(scene, { height: HEIGHT }, dataset);
  const image = { width, height: labelIds.length / width, pixels };
  const truth = labelIds.map((id) => classOfLabelId[id]);
  const overlay = (of: Uint8Array) => blend(image, labelMaskImage(of, image, classes));
  const views = [
    { caption: 'Picture', image },
    { caption: 'Mask', image: labelMaskImage(truth, image, classes) },
    { caption: 'Mask over picture', image: overlay(truth) },
  ];
  if (moved === undefined) return views;
  const [right, down] = moved.offset.map((value) => Math.round((value * image.height) / moved.height));
  const better = truth.map((_, pixel) => {
    const [row, column] = [Math.floor(pixel / width) - down, (pixel % width) - right];
    return row < 0 || row >= image.height || column < 0 || column >= width ? IGNORED : truth[row * width + column];
  });
  return [...views, { caption: 'The same, moved to where it follows better', image: overlay(better) }];
}

/** What can be shown of a scene whose pair cannot be read together: the picture, and the mask with values of no label in white. */
export async function unreadableViews(scene: Scene, dataset: Dataset, classSet: ClassSet): Promise<InspectedView[]> {
  return [
    await viewOf('Picture', () => readPicture(scene.image)),
    await viewOf('Mask', () => maskPicture(scene.mask, dataset, classSet)),
  ];
}

async function viewOf(caption: string, read: () => Promise<RgbPicture>): Promise<InspectedView> {
  try {
    const { width, height, pixels } = await read();
    const size = { height: Math.min(HEIGHT, height), width: Math.round((width * Math.min(HEIGHT, height)) / height) };
    const window = { left: 0, top: 0, width, height };
    const small = resizedWindow({ width, height, pixels }, window, size.width, size.height);
    return { caption: `${caption}, ${width}x${height}`, image: { ...size, pixels: small } };
  } catch (error) {
    if (error instanceof DataError) return { caption: `${caption}: cannot be read` };
    throw error;
  }
}

async function maskPicture(
  file: string,
  { maskForm, labelIdOfMaskValue }: Dataset,
  { classes, classOfLabelId }: ClassSet,
): Promise<RgbPicture> {
  const mask = await openMask(file, maskForm);
  const values = await maskValues(mask, { form: maskForm });
  const pixels = new Uint8Array(values.length * 3);
  values.forEach((value, pixel) => {
    const labelId = labelIdOfMaskValue.get(value);
    pixels.set(
      labelId === undefined ? UNKNOWN_COLOR : (classes[classOfLabelId[labelId]]?.color ?? ignoredColor(classes)),
      pixel * 3,
    );
  });
  return { width: mask.width, height: mask.height, pixels };
}
