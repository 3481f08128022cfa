import { classSet } from '../data/classes';
import type { ClassSet } from '../data/classes/class-set';
import { scenesOf } from '../data/dataset';
import { openDataset, sceneSource } from '../data/open-dataset';
import type { RgbPicture } from '../data/picture';
import { DISPLAY, type MimeBundle } from '../display';
import { DataError } from '../errors';
import type { SceneWithTruth } from '../evaluation/predictions';
import { openExperiment } from '../experiment/run-folder';
import { exampleGrid } from '../report/drawing/panel';
import { blend, labelMaskImage } from '../report/drawing/rgb-image';
import { ProgressLine } from '../report/notebook/progress-line';
import { picturesBundle } from '../report/notebook/show-pictures';
import type { SplitName } from '../splits';
import { ShownPicture } from './shown-picture';

/** A scene of a data set as a model sees it; shown as picture, mask, and mask over picture. */
export class SceneView implements RgbPicture {
  constructor(
    readonly name: string,
    readonly width: number,
    readonly height: number,
    /** RGB, 0 to 255, [height, width, 3]. */
    readonly pixels: Uint8Array,
    /** Class of each pixel, [height, width]. */
    readonly truth: Uint8Array,
    readonly classSet: ClassSet,
  ) {}

  get image(): ShownPicture {
    return this.shown('', this.pixels);
  }

  /** Each class in its colour. */
  get mask(): ShownPicture {
    return this.shown(': true classes', labelMaskImage(this.truth, this, this.classSet.classes).pixels);
  }

  /** The mask over the picture. */
  get overlay(): ShownPicture {
    return this.shown(': true classes over the picture', blend(this, this.mask).pixels);
  }

  /** As figures and panels take a scene. */
  get example(): SceneWithTruth {
    const { name, width, height, pixels: image, truth } = this;
    return { name, width, height, image, truth };
  }

  [DISPLAY](): Promise<MimeBundle> {
    return picturesBundle(exampleGrid([this.example], this.classSet.classes));
  }

  private shown(what: string, pixels: Uint8Array): ShownPicture {
    return new ShownPicture(`${this.name}${what}`, this.width, this.height, pixels);
  }
}

/**
 * A scene of an experiment's data, prepared as its model sees it. Synthetic scenes are drawn first where they are missing.
 *
 * @param experiment the path of its YAML, or a run's folder
 * @param which the split, and the scene's number in it or its name
 * @throws DataError for a scene that is not there
 */
export async function openScene(
  experiment: string,
  { split = 'validation', scene = 0 }: { split?: SplitName; scene?: number | string } = {},
): Promise<SceneView> {
  const { data } = openExperiment(experiment).experiment;
  const drawing = new ProgressLine('drawing streets');
  const dataset = await openDataset(data, { onProgress: (done, total) => drawing.update(done, total) });
  const source = sceneSource(dataset, data, split);
  const scenes = scenesOf(dataset, split, data.limit[split]);
  const index = typeof scene === 'number' ? scene : scenes.findIndex(({ name }) => name === scene);
  if (!scenes[index])
    throw new DataError(
      `${split} has no scene ${scene}`,
      `take a number from 0 to ${scenes.length - 1}, or a name such as ${scenes[0]?.name}`,
    );
  const { name, image: pixels, width, labelIds } = await source.read(index);
  const classes = classSet(data.classes);
  const truth = labelIds.map((labelId) => classes.classOfLabelId[labelId]);
  return new SceneView(name, width, labelIds.length / width, pixels, truth, classes);
}
