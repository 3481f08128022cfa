import { GROUP_NAMES } from '../data/labels';
import { type RgbPicture, resizedWindow, type Square } from '../data/picture';
import { preprocessInto } from '../data/preprocessing';
import { ModelError } from '../errors';
import { recordedExecution } from '../experiment/run-folder';
import type { ModelDescription } from '../model/build-model';
import type { Execution } from '../tensorflow/execution';
import { createProgram, type Program, type ProgramFunction } from '../tensorflow/program';
import { tf } from '../tensorflow/tensorflow';
import { loadCheckpoint } from '../training/checkpoint';
import { DEFAULT_WINDOW, slidingWindows, type WindowOptions } from './sliding-windows';

export interface SegmenterOptions {
  execution: Execution;
  window?: WindowOptions;
}

/**
 * A trained model that predicts pictures of any size. It is told what it is by its checkpoint, so that a picture is
 * preprocessed as those it was trained on.
 */
export class Segmenter {
  private readonly program: Program;
  private readonly logits: ProgramFunction;
  private readonly window: WindowOptions;

  /**
   * @param model stays the caller's
   * @throws ModelError when the model predicts something else than the eight groups
   */
  constructor(
    model: tf.LayersModel,
    private readonly description: ModelDescription,
    { execution, window = DEFAULT_WINDOW }: SegmenterOptions,
  ) {
    requireGroups(description);
    this.window = window;
    this.program = createProgram(execution);
    this.logits = this.program.function((images) => [model.apply(images, { training: false }) as tf.Tensor]);
  }

  /**
   * Predicts a whole picture: each window is resized to the size the model was trained on, its logits are up-sampled to
   * the window's own size (bilinear, half-pixel centres), and where windows overlap their probabilities are averaged.
   *
   * @returns the most likely group of each pixel, an index of GROUP_NAMES, [height, width]
   */
  async predict(picture: RgbPicture): Promise<Uint8Array> {
    return Uint8Array.from(await this.fromSum(picture, (sum) => tf.argMax(sum, -1)));
  }

  /**
   * As {@link predict}, before the decision.
   *
   * @returns the probability of each group at each pixel, [height, width, groups]; those of a pixel sum to 1
   */
  async probabilities(picture: RgbPicture): Promise<Float32Array> {
    const values = await this.fromSum(picture, (sum) => tf.div(sum, tf.sum(sum, -1, true)));
    return values as Float32Array;
  }

  /** @param compute of the probabilities of all windows, added where they overlap, [height, width, groups] */
  private async fromSum(picture: RgbPicture, compute: (sum: tf.Tensor3D) => tf.Tensor): Promise<tf.TypedArray> {
    const { width, height } = picture;
    const sum = tf.tidy(() => tf.variable(tf.zeros([height, width, GROUP_NAMES.length]), false));
    try {
      for (const square of slidingWindows(width, height, this.window)) {
        const image = await this.input(picture, square);
        tf.tidy(() => sum.assign(tf.add(sum, this.placedProbabilities(image, square, picture))));
      }
      return tf.tidy(() => compute(sum as tf.Tensor as tf.Tensor3D).dataSync());
    } finally {
      sum.dispose();
    }
  }

  /** How the predictions so far computed convolutions where not by TensorFlow's own operation, by shape. */
  get convolutionForms(): Readonly<Record<string, string>> {
    return this.program.convolutionForms;
  }

  /** Frees what the predictions needed; the model stays. */
  dispose(): void {
    this.program.dispose();
  }

  private async input(picture: RgbPicture, square: Square): Promise<Float32Array> {
    const { size, preprocessing } = this.description;
    const input = new Float32Array(size * size * 3);
    preprocessInto(input, 0, await resizedWindow(picture, square, size), preprocessing);
    return input;
  }

  /** @returns zero outside of the window, [height, width, groups] */
  private placedProbabilities(image: Float32Array, square: Square, { width, height }: RgbPicture): tf.Tensor3D {
    const { size } = this.description;
    const [logits] = this.logits.run([tf.tensor(image, [1, size, size, 3])]);
    const shape: [number, number] = [square.height, square.width];
    const probabilities = tf.softmax(tf.image.resizeBilinear(logits as tf.Tensor4D, shape, false, true));
    return tf.pad(probabilities.squeeze<tf.Tensor3D>([0]), [
      [square.top, height - square.top - square.height],
      [square.left, width - square.left - square.width],
      [0, 0],
    ]);
  }
}

/**
 * The segmenter of a run, which computes as the run does unless `options` say otherwise.
 *
 * @param folder a run's, for its best checkpoint, or a checkpoint's
 * @throws ModelError when there is none, or it predicts something else than the eight groups
 */
export function loadSegmenter(
  folder: string,
  { execution = recordedExecution(folder), ...options }: Partial<SegmenterOptions> = {},
): { segmenter: Segmenter; dispose(): void } {
  const { model, metadata } = loadCheckpoint(folder);
  try {
    const segmenter = new Segmenter(model, metadata, { execution, ...options });
    return {
      segmenter,
      dispose: () => {
        segmenter.dispose();
        model.dispose();
      },
    };
  } catch (error) {
    model.dispose();
    if (error instanceof ModelError)
      throw new ModelError(`${folder}: ${error.problem}`, error.remedy, { cause: error });
    throw error;
  }
}

/** @throws ModelError unless the model predicts the eight groups, in their order */
export function requireGroups({ task, classes }: Pick<ModelDescription, 'task' | 'classes'>): void {
  if (task === 'segmentation' && classes.join() === GROUP_NAMES.join()) return;
  throw new ModelError(
    `the model does ${task} into ${classes.length} classes (${classes.join(', ')}), expected segmentation into the ${GROUP_NAMES.length} groups ${GROUP_NAMES.join(', ')}`,
    'name the run of a segmentation experiment',
  );
}
