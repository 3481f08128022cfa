import sharp from 'sharp';
import type { Edit } from './edit';
import { canvasOf, finish, paint, type RenderedScene, type SceneOptions } from './render';
import { composeScene, type Scene } from './scene';
import { castShadows, contactShadows } from './shadow';
import { changed, type Drawn } from './subject';
import { pictureSvg, type Shape } from './svg';
import { meanBrightness } from './texture';

/** A scene in which one thing was changed. */
export interface Counterfactual extends RenderedScene {
  /** [height, width], 1 where the change can show: the thing's pixels and its shadow's, before and after. */
  readonly touched: Uint8Array;
}

/**
 * Renders a scene with one small thing moved, scaled, recoloured or taken out. Outside of `touched` it is the scene that
 * `renderScene` gives, pixel for pixel, the exposure included: what a model says otherwise, it says because of the change.
 *
 * The pixels outside are the original's own: all shadows are one path, and the rasteriser rounds another way in rows where
 * that has an edge more or less.
 *
 * @throws RangeError for a subject that the scene does not have
 */
export async function renderCounterfactual(options: SceneOptions, edit: Edit): Promise<Counterfactual> {
  const { original, edited, touched } = await renderBoth(options, edit);
  touched.forEach((can, pixel) => {
    if (!can) edited.image.set(original.image.subarray(pixel * 3, pixel * 3 + 3), pixel * 3);
  });
  return { ...edited, touched };
}

/** Both scenes as they are drawn, and where the change can show. */
export async function renderBoth(options: SceneOptions, edit: Edit) {
  const aspect = options.width / options.height;
  const [before, after] = [composeScene(options, aspect), composeScene(options, aspect, edit)];
  const original = await paint(before, options);
  // Of the original: otherwise the camera would answer to a light coat with a darker street.
  const brightness = meanBrightness(original.image);
  finish(original, before, options, brightness);
  const edited = finish(await paint(after, options), after, options, brightness);
  const subject = before.subjects[edit.subject];
  const drawn = [subject, changed(subject, edit.change)].filter((each) => each !== null);
  return { original, edited, touched: await footprintInPicture(before, drawn, options) };
}

/** Pixels that things or their shadows cover, in part at least, were nothing in front of them. */
async function footprintInPicture(scene: Scene, drawn: readonly Drawn[], options: SceneOptions): Promise<Uint8Array> {
  const casters = drawn.map(({ caster }) => caster);
  const shapes = [
    castShadows(scene, casters),
    contactShadows(scene, casters),
    ...drawn.flatMap(({ item }) => item.shapes),
  ].map(opaque);
  const coverage = await sharp(Buffer.from(pictureSvg(shapes, canvasOf(scene, options))))
    .ensureAlpha()
    .extractChannel(3)
    .raw()
    .toBuffer();
  return Uint8Array.from(coverage, (alpha) => (alpha > 0 ? 1 : 0));
}

function opaque({ opacity: _opacity, ...shape }: Shape): Shape {
  return shape;
}
