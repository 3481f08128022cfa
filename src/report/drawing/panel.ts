import { type ClassOfSet, IGNORED } from '../../data/classes/class-set';
import type { PredictedScene, SceneWithTruth } from '../../evaluation/predictions';
import { cssColor } from '../figures/figure';
import type { ImageGrid } from './image-grid';
import {
  blend,
  errorMask,
  errorMaskImage,
  ignoredColor,
  labelMaskImage,
  NOT_EVALUATED_COLOR,
  type RgbImage,
  rightShare,
  WRONG_COLOR,
} from './rgb-image';
import type { Swatch } from './svg-drawing';

type Truth = Pick<SceneWithTruth, 'truth'>;

/** The classes in their colours, and what is ignored where a scene's truth has such pixels. */
export function classLegend(classes: readonly ClassOfSet[], scenes: readonly Truth[] = []): Swatch[] {
  const entries = classes.map(({ name, color }) => ({ label: name, color: cssColor(color) }));
  return hasIgnored(scenes) ? [...entries, { label: 'ignored', color: cssColor(ignoredColor(classes)) }] : entries;
}

function hasIgnored(scenes: readonly Truth[]): boolean {
  return scenes.some(({ truth }) => Array.prototype.includes.call(truth, IGNORED));
}

/**
 * Scenes in rows; input, truth, then each model's prediction and error mask in columns. All scenes have one size.
 *
 * @param models labels of the models, in the order of each scene's `predictions`; an empty label is not shown
 * @param classes of truth and predictions
 */
export function panelGrid(
  scenes: readonly PredictedScene[],
  models: readonly string[],
  classes: readonly ClassOfSet[],
): ImageGrid {
  const named = models.some((model) => model !== '');
  const modelColumns = models.flatMap((model) =>
    named
      ? [
          { title: model, subtitle: 'Prediction' },
          { title: '', subtitle: 'Error mask' },
        ]
      : [{ title: 'Prediction' }, { title: 'Error mask' }],
  );
  return {
    description: `Input, truth, prediction and error mask of ${scenes.map(({ name }) => name).join(', ')}`,
    columns: [{ title: 'Input' }, { title: 'Truth' }, ...modelColumns],
    rows: scenes.map((scene) => {
      const image = inputImage(scene);
      const truth = labelMaskImage(scene.truth, scene, classes);
      const predicted = scene.predictions.flatMap((prediction) => {
        const mask = errorMask(scene.truth, prediction, { leftOut: voidOf(classes) });
        return [
          { image: labelMaskImage(prediction, scene, classes) },
          { image: errorMaskImage(mask, image), note: rightNote(mask) },
        ];
      });
      return { title: scene.name, cells: [{ image }, { image: truth }, ...predicted] };
    }),
    legends: [classLegend(classes, scenes), errorLegend(classes, scenes)],
    cellHeight: 256,
    shrink: true,
  };
}

/** Scenes in rows; input, mask, and the mask laid over the input. */
export function exampleGrid(scenes: readonly SceneWithTruth[], classes: readonly ClassOfSet[]): ImageGrid {
  return {
    description: `Input and truth of ${scenes.map(({ name }) => name).join(', ')}`,
    columns: [{ title: 'Input' }, { title: 'Mask' }, { title: 'Mask over input' }],
    rows: scenes.map((scene) => {
      const image = inputImage(scene);
      const mask = labelMaskImage(scene.truth, scene, classes);
      return { title: scene.name, cells: [{ image }, { image: mask }, { image: blend(image, mask) }] };
    }),
    legends: [classLegend(classes, scenes)],
  };
}

/** @throws RangeError when there are more or fewer bytes than the size promises */
export function inputImage({ width, height, image, name }: SceneWithTruth): RgbImage {
  if (image.length !== width * height * 3)
    throw new RangeError(`${name}: image of ${image.length} bytes, expected ${width}x${height}x3`);
  return { width, height, pixels: image };
}

/** Index of the class that is left out where void is; undefined where there is none. */
export function voidOf(classes: readonly ClassOfSet[]): number | undefined {
  const index = classes.findIndex(({ name }) => name === 'void');
  return index < 0 ? undefined : index;
}

/** Such as `93.2% of evaluated pixels right`. */
export function rightNote(mask: Uint8Array): string {
  const share = rightShare(mask);
  if (Number.isNaN(share)) return 'no pixel is evaluated';
  return `${(share * 100).toFixed(1)}% of evaluated pixels right`;
}

/** The colours of the scenes' error masks; why pixels are not evaluated, where there are such. */
export function errorLegend(classes: readonly ClassOfSet[], scenes: readonly Truth[]): Swatch[] {
  const wrong = { label: 'wrong', color: cssColor(WRONG_COLOR) };
  const right = { label: 'right (the scene in dark grey)', color: '#555555' };
  const reasons = [...(voidOf(classes) !== undefined ? ['void'] : []), ...(hasIgnored(scenes) ? ['ignored'] : [])];
  if (reasons.length === 0) return [wrong, right];
  return [wrong, right, { label: `not evaluated (${reasons.join(', ')})`, color: cssColor(NOT_EVALUATED_COLOR) }];
}
