import sharp from 'sharp';
import { createRandom } from '../random';
import { composeScene, type Scene, type SceneId } from './scene';
import { type Canvas, INSTANCES_OF_LABEL, maskSvg, pictureSvg } from './svg';
import { addTexture, meanBrightness } from './texture';

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
  /** [height, width], a label's id, or where things are counted a thousand times it plus the thing's number. */
  readonly instanceIds: Uint16Array;
  /** [height, width], which of the scene's subjects is seen there, counted from 1; 0 for none. */
  readonly subjects: Uint8Array;
}

/**
 * Renders one street scene and its masks from the same shapes. The result depends on the options only: the same scene of
 * another set, or a set with more scenes, does not change it.
 */
export async function renderScene(options: SceneOptions): Promise<RenderedScene> {
  const scene = composeScene(options, options.width / options.height);
  const painted = await paint(scene, options);
  return finish(painted, scene, options, meanBrightness(painted.image));
}

/** Draws the shapes in flat colours, without texture. */
export async function paint(scene: Scene, options: SceneOptions): Promise<RenderedScene> {
  const canvas = canvasOf(scene, options);
  const [image, ids] = await Promise.all(
    [pictureSvg(scene.shapes, canvas), maskSvg(scene.shapes, canvas)].map((svg) =>
      sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer(),
    ),
  );
  return { name: scene.name, image, ...masksIn(ids) };
}

/** @param colors of the masks' drawing: an instance's id in two bytes, and the subject's number */
function masksIn(colors: Uint8Array): Pick<RenderedScene, 'labelIds' | 'instanceIds' | 'subjects'> {
  const pixels = colors.length / 3;
  const [instanceIds, labelIds, subjects] = [new Uint16Array(pixels), new Uint8Array(pixels), new Uint8Array(pixels)];
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const id = (colors[pixel * 3] << 8) | colors[pixel * 3 + 1];
    instanceIds[pixel] = id;
    labelIds[pixel] = id < INSTANCES_OF_LABEL ? id : id / INSTANCES_OF_LABEL;
    subjects[pixel] = colors[pixel * 3 + 2];
  }
  return { labelIds, instanceIds, subjects };
}

/** Gives a painted scene its texture, in place. @param brightness that the exposure is set by */
export function finish(
  painted: RenderedScene,
  scene: Scene,
  { seed, split, index, width, height }: SceneOptions,
  brightness: number,
): RenderedScene {
  const random = createRandom(seed).fork(split).fork(index).fork('texture');
  addTexture(painted.image, painted.labelIds, { width, height }, scene, random, brightness);
  return painted;
}

export function canvasOf({ camera }: Scene, { width, height }: Pick<SceneOptions, 'width' | 'height'>): Canvas {
  return { nominalWidth: camera.width, nominalHeight: camera.height, width, height };
}
