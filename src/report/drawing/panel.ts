import { GROUP_COLORS, GROUP_NAMES } from '../../labels';
import { cssColor } from '../figures/figure';
import { renderImageGrid } from './image-grid';
import {
  blend,
  errorMask,
  errorMaskImage,
  labelMaskImage,
  NOT_JUDGED_COLOR,
  type RgbImage,
  rightShare,
  WRONG_COLOR,
} from './rgb-image';
import type { Swatch } from './svg-drawing';

/** A scene as a batch holds it. */
export interface PanelScene {
  name: string;
  width: number;
  height: number;
  /** RGB, 0 to 255, [height, width, 3]. */
  image: Uint8Array;
  /** True group index of each pixel, [height, width]. */
  truth: ArrayLike<number>;
}

/** A scene with what one or more models made of it, in the order of the sheet's models. */
export interface PredictedScene extends PanelScene {
  /** Predicted group index of each pixel, [height, width], one entry a model. */
  predictions: readonly ArrayLike<number>[];
}

export interface PanelOptions {
  /** Whether pixels whose true group is void are judged, as under `groups-8`. */
  judgeVoid?: boolean;
}

/** The groups in their colours. */
export const GROUP_LEGEND: Swatch[] = GROUP_NAMES.map((group) => ({
  label: group,
  color: cssColor(GROUP_COLORS[group]),
}));

/** One scene and one model: input, truth, prediction, error mask. @returns a PNG */
export function panel(
  scene: PanelScene & { prediction: ArrayLike<number> },
  { model = '', ...options }: PanelOptions & { model?: string } = {},
): Promise<Buffer> {
  return panelSheet([{ ...scene, predictions: [scene.prediction] }], [model], options);
}

/**
 * Scenes in rows; input, truth, then each model's prediction and error mask in columns. All scenes have one size.
 *
 * @param models labels of the models, in the order of each scene's `predictions`; an empty label is not shown
 * @returns a PNG
 */
export function panelSheet(
  scenes: readonly PredictedScene[],
  models: readonly string[],
  { judgeVoid = false }: PanelOptions = {},
): Promise<Buffer> {
  const named = models.some((model) => model !== '');
  const modelColumns = models.flatMap((model) =>
    named
      ? [
          { title: model, subtitle: 'Prediction' },
          { title: '', subtitle: 'Error mask' },
        ]
      : [{ title: 'Prediction' }, { title: 'Error mask' }],
  );
  return renderImageGrid({
    description: `Input, truth, prediction and error mask of ${scenes.map(({ name }) => name).join(', ')}`,
    columns: [{ title: 'Input' }, { title: 'Truth' }, ...modelColumns],
    rows: scenes.map((scene) => {
      const image = inputImage(scene);
      const truth = labelMaskImage(scene.truth, scene.width, scene.height);
      const predicted = scene.predictions.flatMap((prediction) => {
        const mask = errorMask(scene.truth, prediction, { judgeVoid });
        return [
          { image: labelMaskImage(prediction, scene.width, scene.height) },
          {
            image: errorMaskImage(mask, image),
            note: rightNote(mask, { judgeVoid }),
          },
        ];
      });
      return { title: scene.name, cells: [{ image }, { image: truth }, ...predicted] };
    }),
    legends: [GROUP_LEGEND, errorLegend({ judgeVoid })],
  });
}

/** Scenes in rows; input, mask, and the mask laid over the input. @returns a PNG */
export function exampleSheet(scenes: readonly PanelScene[]): Promise<Buffer> {
  return renderImageGrid({
    description: `Input and true groups of ${scenes.map(({ name }) => name).join(', ')}`,
    columns: [{ title: 'Input' }, { title: 'Mask' }, { title: 'Mask over input' }],
    rows: scenes.map((scene) => {
      const image = inputImage(scene);
      const mask = labelMaskImage(scene.truth, scene.width, scene.height);
      return { title: scene.name, cells: [{ image }, { image: mask }, { image: blend(image, mask) }] };
    }),
    legends: [GROUP_LEGEND],
  });
}

/** @throws RangeError when there are more or fewer bytes than the size promises */
export function inputImage({ width, height, image, name }: PanelScene): RgbImage {
  if (image.length !== width * height * 3)
    throw new RangeError(`${name}: image of ${image.length} bytes, expected ${width}x${height}x3`);
  return { width, height, pixels: image };
}

/** Such as `93.2% of judged pixels right`. */
export function rightNote(mask: ReturnType<typeof errorMask>, { judgeVoid = false }: PanelOptions = {}): string {
  const share = rightShare(mask);
  if (Number.isNaN(share)) return 'no pixel is judged';
  return `${(share * 100).toFixed(1)}% of ${judgeVoid ? 'all' : 'judged'} pixels right`;
}

/** The colours of an error mask. */
export function errorLegend({ judgeVoid = false }: PanelOptions = {}): Swatch[] {
  const wrong = { label: 'wrong', color: cssColor(WRONG_COLOR) };
  const right = { label: 'right (the scene in dark grey)', color: '#555555' };
  return judgeVoid ? [wrong, right] : [wrong, right, { label: 'not judged (void)', color: cssColor(NOT_JUDGED_COLOR) }];
}
