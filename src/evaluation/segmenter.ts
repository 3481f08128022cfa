import type { ClassSet } from '../data/classes/class-set';
import type { RgbPicture, Square } from '../data/picture';
import { preprocessInto } from '../data/preprocessing';
import { resizedWindow } from '../data/resize';
import { nextStep } from '../interruption';
import { strideOf, withInputSize } from '../model/input-size';
import { classSetOf } from '../model/model-classes';
import type { ModelDescription } from '../model/model-description';
import type { Execution } from '../tensorflow/execution';
import { createProgram, type Program, type ProgramFunction } from '../tensorflow/program';
import { readValues } from '../tensorflow/read-values';
import { tf } from '../tensorflow/tensorflow';
import { meanProbabilities, viewLogits } from './mirror';
import type { WindowOptions } from './sliding-windows';
import { columnSpans, DEFAULT_WINDOW, rowSpans, type Span, slidingWindows, windowScale } from './sliding-windows';
import { upSampledRows } from './up-sampling';

/** Told how many steps of a picture are done, of how many. */
export type StepListener = (done: number, total: number) => void;

/** A picture is finished about so many pixels at a time: their probabilities are 32 MiB. */
const SPAN_PIXELS = 2 ** 20;

/** The model sees as many windows together as have about so many pixels at its size: 64 of 64x64, 4 of 256x256. */
const BATCH_PIXELS = 2 ** 18;

export interface SegmenterOptions {
  execution: Execution;
  window?: WindowOptions;
  /** Whether each window is also seen in the mirror, and the mean of both probabilities counts; twice the time. */
  mirror?: boolean;
}

/**
 * A trained model that predicts pictures of any size. It is told what it is by its checkpoint, so that a picture is
 * preprocessed as those it was trained on.
 */
export class Segmenter {
  private readonly program: Program;
  private readonly logits: ProgramFunction;
  private readonly window: WindowOptions;
  /** The model for inputs of other sizes than it was trained at, by height and width. */
  private readonly resized = new Map<string, tf.LayersModel>();
  /** What the model predicts. */
  readonly classSet: ClassSet;

  /**
   * @param model stays the caller's
   * @throws ModelError when the model does something else than segmentation
   */
  constructor(
    private readonly model: tf.LayersModel,
    private readonly description: ModelDescription,
    { execution, window = DEFAULT_WINDOW, mirror = false }: SegmenterOptions,
  ) {
    this.classSet = classSetOf(description);
    this.window = window;
    this.program = createProgram(execution);
    const logits = (images: tf.Tensor) =>
      this.modelOf(images.shape as number[]).apply(images, { training: false }) as tf.Tensor;
    this.logits = this.program.function((images) => viewLogits(logits, images, mirror));
  }

  /**
   * Predicts a whole picture: each window is resized to the size the model was trained on (or the picture to that scale,
   * its last row and column repeated until the model's stride divides it), its logits are up-sampled to
   * the window's own size (bilinear, half-pixel centres), and where windows overlap their probabilities are averaged. It is
   * made from top to bottom, so that what it needs besides the picture and the result does not grow with the height.
   *
   * @param onStep told how far it is
   * @returns the most likely class of each pixel, an index into those of `classSet`, [height, width]
   */
  async predict(picture: RgbPicture, onStep?: StepListener): Promise<Uint8Array> {
    const { width, height } = picture;
    const groups = new Uint8Array(width * height);
    await this.eachSpan(picture, onStep, (span, logits) => {
      const decided = readValues(() => tf.argMax(sumOfProbabilities(span, logits, { logitsOfOne: true }), -1));
      groups.set(decided, span.from * width);
    });
    return groups;
  }

  /**
   * As {@link predict}, before the decision.
   *
   * @returns the probability of each class at each pixel, [height, width, classes]; those of a pixel sum to 1
   */
  async probabilities(picture: RgbPicture, onStep?: StepListener): Promise<Float32Array> {
    const { width, height } = picture;
    const probabilities = new Float32Array(width * height * this.classSet.classes.length);
    await this.eachSpan(picture, onStep, (span, logits) => {
      const values = readValues(() => {
        const total = sumOfProbabilities(span, logits);
        return tf.div(total, tf.sum(total, -1, true));
      });
      probabilities.set(values, span.from * width * this.classSet.classes.length);
    });
    return probabilities;
  }

  /** @param use given what the model says of each window that covers the span */
  private async eachSpan(
    picture: RgbPicture,
    onStep: StepListener | undefined,
    use: (span: Span, logits: ReadonlyMap<Square, tf.Tensor3D[]>) => void,
  ): Promise<void> {
    const { width, height } = picture;
    const windows = slidingWindows(width, height, this.window);
    const spans = rowSpans(windows, Math.max(1, Math.floor(SPAN_PIXELS / width)));
    const total = windows.length + spans.length;
    const together = Math.max(1, Math.floor(BATCH_PIXELS / this.description.size ** 2));
    const logits = new Map<Square, tf.Tensor3D[]>();
    let done = 0;
    const step = async (count = 1) => {
      done += count;
      onStep?.(done, total);
      await nextStep();
    };
    try {
      for (const span of spans) {
        const unseen = span.windows.filter((window) => !logits.has(window));
        while (unseen.length > 0) {
          const batch = unseen.splice(0, together);
          for (const [index, views] of this.windowLogits(picture, batch).entries()) logits.set(batch[index], views);
          await step(batch.length);
        }
        use(span, logits);
        for (const [window, views] of logits) {
          if (window.top + window.height > span.to) continue;
          tf.dispose(views);
          logits.delete(window);
        }
        await step();
      }
    } finally {
      tf.dispose([...logits.values()]);
    }
  }

  /** How the predictions so far computed convolutions where not by TensorFlow's own operation, by shape. */
  get convolutionForms(): Readonly<Record<string, string>> {
    return this.program.convolutionForms;
  }

  /** Frees what the predictions needed; the model stays. */
  dispose(): void {
    this.program.dispose();
    for (const model of this.resized.values()) model.dispose();
  }

  /**
   * @param windows of one size
   * @returns of each window, as the model sees it, [height, width, classes] once, or twice with `mirror`
   */
  private windowLogits(picture: RgbPicture, windows: readonly Square[]): tf.Tensor3D[][] {
    const { size, preprocessing } = this.description;
    const scale = windowScale(picture, this.window, size);
    const [width, height] = [windows[0].width, windows[0].height].map((side) => Math.max(1, Math.round(side * scale)));
    const images = windows.map((window) =>
      padded(resizedWindow(picture, window, width, height), width, height, strideOf(this.description)),
    );
    const [{ pixels, ...padding }] = images;
    const input = new Float32Array(windows.length * pixels.length);
    for (const [index, image] of images.entries())
      preprocessInto(input, index * pixels.length, image.pixels, preprocessing);
    return tf.tidy(() => {
      const shape: [number, number, number, number] = [windows.length, padding.height, padding.width, 3];
      const views = this.logits.run([tf.tensor(input, shape)]) as tf.Tensor4D[];
      return windows.map((_, index) =>
        views.map((logits) => tf.slice(logits, [index, 0, 0, 0], [1, height, width, -1]).squeeze<tf.Tensor3D>([0])),
      );
    });
  }

  private modelOf([, height, width]: readonly number[]): tf.LayersModel {
    const { size } = this.description;
    if (height === size && width === size) return this.model;
    const key = `${height}x${width}`;
    const model = this.resized.get(key) ?? withInputSize(this.model, { height, width });
    this.resized.set(key, model);
    return model;
  }
}

/** A picture with its last row and column repeated until `stride` divides both sides. */
function padded(pixels: Uint8Array, width: number, height: number, stride: number): RgbPicture {
  const [wide, high] = [width, height].map((side) => Math.ceil(side / stride) * stride);
  if (wide === width && high === height) return { width, height, pixels };
  const result = new Uint8Array(wide * high * 3);
  for (let row = 0; row < high; row += 1) {
    const start = Math.min(row, height - 1) * width * 3;
    const line = pixels.subarray(start, start + width * 3);
    result.set(line, row * wide * 3);
    for (let column = width; column < wide; column += 1) result.set(line.subarray(-3), (row * wide + column) * 3);
  }
  return { width: wide, height: high, pixels: result };
}

/**
 * The probabilities of all windows, added where they overlap.
 *
 * @param span some rows of the picture, and the windows that cover them
 * @param logits of each window, [height, width, classes], in as many views as the model has of it
 * @param options what is spared
 * @param options.logitsOfOne whether pixels that are seen once keep their logits: their largest is that of the probabilities
 * @returns [rows of the span, width of the picture, classes]
 */
function sumOfProbabilities(
  { from, to, windows }: Span,
  logits: ReadonlyMap<Square, tf.Tensor3D[]>,
  { logitsOfOne = false } = {},
): tf.Tensor3D {
  return tf.tidy(() => {
    const rows = new Map(
      windows.map((window) => [
        window,
        logits.get(window)!.map((view) => upSampledRows(view, window, from - window.top, to - window.top)),
      ]),
    );
    const parts = columnSpans(windows).map((columns) => {
      const shape: [number, number, number] = [to - from, columns.to - columns.from, -1];
      const seen = columns.windows.map((window) =>
        rows.get(window)!.map((view) => tf.slice(view, [0, columns.from - window.left, 0], shape)),
      );
      const [view, ...others] = seen.flat();
      return logitsOfOne && others.length === 0 ? view : tf.addN(seen.map(meanProbabilities));
    });
    return tf.concat(parts, 1);
  });
}
