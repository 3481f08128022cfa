import type { ClassSet } from '../data/classes/class-set';
import type { RgbPicture } from '../data/picture';
import { readPicture } from '../data/picture';
import { DISPLAY, type MimeBundle } from '../display';
import { ModelError, RunError } from '../errors';
import { openExperiment } from '../experiment/run-folder';
import { loadSegmenter } from '../publishing/load-segmenter';
import { type PicturePrediction, predictPicture } from '../publishing/predict-picture';
import { classLegend, panelGrid } from '../report/drawing/panel';
import { blend, greyImage, labelMaskImage } from '../report/drawing/rgb-image';
import { picturesBundle } from '../report/notebook/show-pictures';
import { SceneView } from './scene-view';
import { ShownPicture } from './shown-picture';

/** What a model makes of a picture; shown as picture, classes, and classes over the picture; of a scene with its errors. */
export class ShownPrediction {
  /** Share of the picture that each class takes, 0 to 1. */
  readonly areas: Readonly<Record<string, number>>;
  /** Most likely class of each pixel, [height, width]. */
  readonly classes: Uint8Array;
  /** Of each class at each pixel, [height, width, classes]. */
  readonly probabilities: Float32Array;

  constructor(
    private readonly picture: RgbPicture,
    { areas, groups, probabilities }: PicturePrediction,
    private readonly classSet: ClassSet,
  ) {
    this.areas = areas;
    this.classes = groups;
    this.probabilities = probabilities!;
  }

  /** Each class in its colour. */
  get mask(): ShownPicture {
    return this.shown('Predicted classes', labelMaskImage(this.classes, this.picture, this.classSet.classes).pixels);
  }

  get overlay(): ShownPicture {
    return this.shown('Predicted classes over the picture', blend(this.picture, this.mask).pixels);
  }

  /** How likely each pixel is of a class: 0 black, 1 white. @throws ModelError for a class that the model has not */
  probability(name: string): ShownPicture {
    const { classes } = this.classSet;
    const index = classIndex(name, this.classSet);
    const values = this.classes.map(() => 0);
    const ofClass = Float32Array.from(values, (_, pixel) => this.probabilities[pixel * classes.length + index]);
    return this.shown(`Probability of ${name}: 0 black, 1 white`, greyImage(ofClass, this.picture, [0, 1]).pixels);
  }

  [DISPLAY](): Promise<MimeBundle> {
    const { picture } = this;
    const { classes } = this.classSet;
    if (picture instanceof SceneView)
      return picturesBundle(panelGrid([{ ...picture.example, predictions: [this.classes] }], [''], classes));
    return picturesBundle({
      description: 'A picture and the classes predicted for it',
      columns: [{ title: 'Picture' }, { title: 'Prediction' }, { title: 'Prediction over picture' }],
      rows: [{ title: '', cells: [{ image: picture }, { image: this.mask }, { image: this.overlay }] }],
      legends: [classLegend(classes)],
    });
  }

  private shown(caption: string, pixels: Uint8Array): ShownPicture {
    return new ShownPicture(caption, this.picture.width, this.picture.height, pixels);
  }
}

/**
 * What the best checkpoint of an experiment makes of a picture of any size.
 *
 * @param experiment the path of its YAML, or a run's folder
 * @param picture a file, a scene, or pixels
 * @throws RunError for an experiment that is not trained, DataError for a file that is no picture
 */
export async function predict(experiment: string, picture: string | RgbPicture): Promise<ShownPrediction> {
  const pixels = typeof picture === 'string' ? await readPicture(picture) : picture;
  const { segmenter, dispose } = trainedSegmenter(experiment);
  try {
    const prediction = await predictPicture(pixels, segmenter, { probabilities: true });
    return new ShownPrediction(pixels, prediction, segmenter.classSet);
  } finally {
    dispose();
  }
}

/** @throws RunError where there is no trained model */
export function trainedSegmenter(experiment: string): ReturnType<typeof loadSegmenter> {
  const run = openExperiment(experiment);
  try {
    return loadSegmenter(run.path());
  } catch (cause) {
    if (!(cause instanceof ModelError)) throw cause;
    throw new RunError(cause.problem, `train it first: await tryTraining('${experiment}')`, { cause });
  }
}

/** @throws ModelError for a class that the model has not */
export function classIndex(name: string, { classes }: ClassSet): number {
  const index = classes.findIndex((each) => each.name === name);
  if (index >= 0) return index;
  const known = classes.map((each) => each.name).join(', ');
  throw new ModelError(`the model has no class ${name}`, `take one of ${known}`);
}
