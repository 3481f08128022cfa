import sharp from 'sharp';
import { createRandom } from '../random';
import { composeScene, type SceneId } from './scene';
import { maskSvg, pictureSvg } from './svg';
import { addTexture } from './texture';

export interface SceneOptions extends SceneId {
  /** Pixels of the picture. */
  readonly width: number;
  readonly height: number;
}

export interface RenderedScene {
  /** `<town>_000012_000019`. */
  readonly name: string;
  /** [height, width, 3], red, green, blue from 0 to 255. */
  readonly image: Uint8Array;
  /** [height, width], Cityscapes label ids. */
  readonly labelIds: Uint8Array;
}

/**
 * Renders one street scene and its mask from the same shapes. The result depends on the options only: the same scene of
 * another set, or a set with more scenes, does not change it.
 */
export async function renderScene({ seed, split, index, width, height }: SceneOptions): Promise<RenderedScene> {
  const scene = composeScene({ seed, split, index }, width / height);
  const canvas = { nominalWidth: scene.camera.width, nominalHeight: scene.camera.height, width, height };
  const [image, labelIds] = await Promise.all([
    sharp(Buffer.from(pictureSvg(scene.shapes, canvas)))
      .removeAlpha()
      .raw()
      .toBuffer(),
    sharp(Buffer.from(maskSvg(scene.shapes, canvas)))
      .removeAlpha()
      .extractChannel(0)
      .raw()
      .toBuffer(),
  ]);
  const random = createRandom(seed).fork(split).fork(index).fork('texture');
  addTexture(image, labelIds, { width, height }, scene, random);
  return { name: scene.name, image, labelIds };
}
