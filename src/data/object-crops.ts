import { z } from 'zod';
import { positiveInteger } from '../configuration/numbers';
import { DataError } from '../errors';
import { LABELS, MAXIMUM_LABEL_ID } from '../labels';
import { createRandom, type Random } from '../random';
import type { Square } from './picture';
import type { Sample } from './prepare-scene';
import { resizedWindow } from './resize';
import type { SampleSource } from './sample-source';

/** Object-centred crops, each with the label of the object in its middle; used when `task` is `classification`. */
export const cropOptions = z.strictObject({
  /** Crops drawn from the training scenes. */
  train: positiveInteger.default(4000),
  /** Crops drawn from the validation scenes. */
  validation: positiveInteger.default(800),
});

/** The labels that Cityscapes evaluates: the classes of the classification task, in this order. */
export const CROP_LABELS = LABELS.filter((label) => !label.ignoreInEvaluation);

/** @returns a table from label id to its index in {@link CROP_LABELS}. */
export function cropClassByLabelId(): Uint8Array {
  const table = new Uint8Array(MAXIMUM_LABEL_ID + 1);
  CROP_LABELS.forEach(({ id }, index) => {
    table[id] = index;
  });
  return table;
}

export interface ObjectCropsOptions {
  /** Prepared scenes to cut from, all of `sceneSize`. */
  scenes: SampleSource;
  /** Side of a prepared scene in pixels. */
  sceneSize: number;
  /** How many crops there are. */
  count: number;
  /** Side of a crop in pixels. */
  size: number;
  seed: number;
}

/** Bytes of scenes that are kept in memory: 512 of 256 pixels. */
const MOST_KEPT = 2 ** 27;

/** Smallest and largest side of a crop's window, as a share of the scene's; and how much of it the label should fill. */
const WINDOW = { smallest: 0.1, largest: 0.6, share: 0.2 } as const;

/**
 * Pictures with one label each, as in ImageNet: a window of a scene around a pixel, labelled by what that pixel shows.
 * The label is drawn first, evenly among those in the scene, so that small things are as common as the road.
 */
export class ObjectCrops implements SampleSource {
  /** A crop is small and takes longer to draw than to learn from, so each is drawn once. */
  private readonly drawn = new Map<number, Promise<Sample>>();
  /** Scenes that more crops will be cut from: reading one takes longer than cutting. */
  private readonly kept = new Map<number, Promise<Sample>>();

  constructor(private readonly options: ObjectCropsOptions) {}

  get length(): number {
    return this.options.count;
  }

  read(index: number): Promise<Sample> {
    const crop = this.drawn.get(index) ?? this.draw(index);
    this.drawn.set(index, crop);
    if (this.drawn.size === this.length) this.kept.clear();
    return crop;
  }

  private async draw(index: number): Promise<Sample> {
    const { scenes, sceneSize, size, seed } = this.options;
    const scene = await this.scene(index % scenes.length);
    const random = createRandom(seed).fork('crop').fork(index);
    const { labelId, pixel } = drawObject(scene, random);
    const window = drawWindow(scene.labelIds, pixel, sceneSize, random);
    const picture = { width: sceneSize, height: sceneSize, pixels: scene.image };
    const image = resizedWindow(picture, window, size);
    return { name: `${scene.name} crop ${index}`, image, width: size, labelIds: Uint8Array.of(labelId) };
  }

  private scene(index: number): Promise<Sample> {
    const { scenes, sceneSize } = this.options;
    const scene = this.kept.get(index) ?? scenes.read(index);
    if (this.kept.size * sceneSize ** 2 * 4 < MOST_KEPT) this.kept.set(index, scene);
    return scene;
  }
}

function drawObject({ labelIds, name }: Sample, random: Random): { labelId: number; pixel: number } {
  const counts = new Float64Array(MAXIMUM_LABEL_ID + 1);
  for (const labelId of labelIds) counts[labelId] += 1;
  const present = CROP_LABELS.filter(({ id }) => counts[id] > 0);
  if (present.length === 0)
    throw new DataError(
      `${name}: holds no label that Cityscapes evaluates, so no crop can be drawn from it`,
      'leave the scene out',
    );
  const { id } = random.pick(present);
  let pixel = -1;
  for (let rest = random.integer(counts[id]); rest >= 0; ) if (labelIds[++pixel] === id) rest -= 1;
  return { labelId: id, pixel };
}

/**
 * A square window around a pixel, moved inside the scene where it would stick out, and narrowed until the pixel's label
 * fills a fair share of it, so that a pole is what its picture shows and not an accident in its middle.
 */
function drawWindow(labelIds: Uint8Array, pixel: number, sceneSize: number, random: Random): Square {
  const smallest = Math.round(WINDOW.smallest * sceneSize);
  let side = Math.round(smallest * (WINDOW.largest / WINDOW.smallest) ** random.next());
  let window = windowAround(pixel, side, sceneSize);
  while (side > smallest && labelShare(labelIds, labelIds[pixel], window, sceneSize) < WINDOW.share) {
    side = Math.max(smallest, Math.floor(side * 0.8));
    window = windowAround(pixel, side, sceneSize);
  }
  return window;
}

function windowAround(pixel: number, side: number, sceneSize: number): Square {
  const place = (center: number) => Math.min(Math.max(0, Math.round(center - side / 2)), sceneSize - side);
  const [row, column] = [Math.floor(pixel / sceneSize), pixel % sceneSize];
  return { left: place(column), top: place(row), width: side, height: side };
}

function labelShare(labelIds: Uint8Array, labelId: number, window: Square, sceneSize: number): number {
  let count = 0;
  for (let row = window.top; row < window.top + window.height; row += 1)
    for (let column = window.left; column < window.left + window.width; column += 1)
      if (labelIds[row * sceneSize + column] === labelId) count += 1;
  return count / (window.width * window.height);
}
