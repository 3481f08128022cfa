import { nextStep } from '../interruption';
import { createRandom, type Random } from '../random';
import type { Augmenter, Change } from './augmentations/augmentation';
import type { Sample } from './prepare-scene';
import { type PreprocessingName, preprocessInto } from './preprocessing';
import type { SampleSource } from './sample-source';

export interface Batch {
  names: string[];
  /** Preprocessed, [batch, size, size, 3]. */
  images: Float32Array;
  /** True label ids, [batch, size, size] for scenes, [batch] for crops. */
  labelIds: Uint8Array;
  /** Class of each label id, same shape. */
  classes: Int32Array;
}

export interface BatchOptions {
  batchSize: number;
  preprocessing: PreprocessingName;
  /** Class of each label id, 0 to 33. */
  classOfLabelId: Uint8Array;
  /** Orders and augments the samples by this stream; without it they come in order, as they are. */
  random?: Random;
  /** What varies the samples, one after the other; needs `random`. */
  augmentations?: readonly Augmenter[];
  /** Batches that are read ahead of the one in use. */
  ahead?: number;
}

/** Order and augmentation of an epoch depend on the run's seed and the epoch alone, so that a resumed run repeats them. */
export function epochRandom(seed: number, epoch: number): Random {
  return createRandom(seed).fork('batches').fork(epoch);
}

/** Which sample comes next, and what becomes of it. */
interface PlannedSample {
  index: number;
  change: Change;
}

/** An epoch before anything is read: all that is random about it is drawn here, in the order of the samples. */
export function epochPlan(
  length: number,
  { random, augmentations = [] }: Pick<BatchOptions, 'random' | 'augmentations'>,
): PlannedSample[] {
  const order = Array.from({ length }, (_, index) => index);
  if (random === undefined) return order.map((index) => ({ index, change: (sample) => sample }));
  const streams = augmentations.map(({ stream, draw }) => ({ draw, stream: random.fork(stream) }));
  return random
    .fork('order')
    .shuffle(order)
    .map((index) => {
      const changes = streams.map(({ draw, stream }) => draw(stream));
      return { index, change: (sample) => changes.reduce((changed, change) => change(changed), sample) };
    });
}

/**
 * All samples of a source, batch by batch; the last batch may be smaller. While one batch is used, the next are read.
 *
 * @throws DataError when a sample cannot be read
 */
export async function* batches(source: SampleSource, options: BatchOptions): AsyncGenerator<Batch> {
  const { batchSize, ahead = 2 } = options;
  const plan = epochPlan(source.length, options);
  const chunks = chunk(plan, batchSize);

  const read = async (entries: readonly PlannedSample[]) => {
    const samples = entries.map(async ({ index, change }) => change(await source.read(index)));
    return assembleBatch(await Promise.all(samples), options);
  };
  const pending: Promise<Batch>[] = [];
  const start = (entries: readonly PlannedSample[]) => {
    const batch = read(entries);
    // A failure is thrown where the batch is awaited; until then it must not count as unhandled.
    batch.catch(() => undefined);
    pending.push(batch);
  };
  chunks.slice(0, ahead).forEach(start);
  for (let index = 0; index < chunks.length; index += 1) {
    await nextStep();
    if (index + ahead < chunks.length) start(chunks[index + ahead]);
    yield await pending.shift()!;
  }
}

/** @returns how many batches {@link batches} gives. */
export function batchCount(source: SampleSource, batchSize: number): number {
  return Math.ceil(source.length / batchSize);
}

/** @returns the sizes that occur among them: that of the last is another one when the samples do not divide evenly. */
export function batchSizes(source: SampleSource, batchSize: number): number[] {
  const [whole, rest] = [Math.min(batchSize, source.length), source.length % batchSize];
  return [...new Set([whole, rest])].filter((size) => size > 0);
}

/** Sets samples of one size side by side. */
export function assembleBatch(
  samples: readonly Sample[],
  { preprocessing, classOfLabelId }: Pick<BatchOptions, 'preprocessing' | 'classOfLabelId'>,
): Batch {
  const [imageLength, targetLength] = [samples[0].image.length, samples[0].labelIds.length];
  const images = new Float32Array(samples.length * imageLength);
  const labelIds = new Uint8Array(samples.length * targetLength);
  samples.forEach((sample, index) => {
    preprocessInto(images, index * imageLength, sample.image, preprocessing);
    labelIds.set(sample.labelIds, index * targetLength);
  });
  const classes = new Int32Array(labelIds.length);
  for (let pixel = 0; pixel < classes.length; pixel += 1) classes[pixel] = classOfLabelId[labelIds[pixel]];
  return { names: samples.map(({ name }) => name), images, labelIds, classes };
}

function chunk<T>(entries: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(entries.length / size) }, (_, index) =>
    entries.slice(index * size, (index + 1) * size),
  );
}
