import type { RgbPicture, Square } from '../../data/picture';
import { resizedWindow } from '../../data/resize';
import { mostLikely } from '../../evaluation/pixel-classes';
import { slidingWindows, type WindowOptions } from '../../evaluation/sliding-windows';
import type { BrowserModel, BrowserTensor, BrowserTensorFlow } from '../../tensorflow/browser';

declare const tf: BrowserTensorFlow;

export interface Segmentation {
  /** Most likely group of each pixel, [height, width]. */
  groups: Uint8Array;
  windows: number;
  /** Of the model alone, from pictures in to probabilities out. */
  modelMilliseconds: number;
}

/**
 * Segments a whole picture as `Segmenter` does on the server: square windows, resized to the model's size; their logits are
 * up-sampled, and where windows overlap the mean of their probabilities decides.
 *
 * @param model takes RGB from 0 to 255, [batch, size, size, 3], and gives logits, [batch, size, size, groups]
 * @param onWindow called before each window; the segmentation ends early, with null, if it returns false
 */
export async function segment(
  model: BrowserModel,
  picture: RgbPicture,
  view: WindowOptions,
  onWindow: (done: number, total: number) => Promise<boolean>,
): Promise<Segmentation | null> {
  const { width, height } = picture;
  const [, size, , groupCount] = model.outputs[0].shape as number[];
  const windows = slidingWindows(width, height, view);
  const sums = new Float32Array(width * height * groupCount);
  let modelMilliseconds = 0;
  for (const [index, window] of windows.entries()) {
    if (!(await onWindow(index, windows.length))) return null;
    const input = resizedWindow(picture, window, size);
    const start = performance.now();
    const probabilities = await windowProbabilities(model, input, size, window);
    modelMilliseconds += performance.now() - start;
    add(sums, probabilities, window, width, groupCount);
  }
  return { groups: mostLikely(sums, groupCount), windows: windows.length, modelMilliseconds };
}

/** @returns [window height, window width, groups] */
async function windowProbabilities(
  model: BrowserModel,
  input: Uint8Array,
  size: number,
  window: Square,
): Promise<Float32Array> {
  const result = tf.tidy(() => {
    const logits = model.predict(tf.tensor4d(Float32Array.from(input), [1, size, size, 3])) as BrowserTensor;
    return tf.softmax(tf.image.resizeBilinear(logits, [window.height, window.width], false, true));
  });
  try {
    return (await result.data()) as Float32Array;
  } finally {
    result.dispose();
  }
}

function add(sums: Float32Array, values: Float32Array, window: Square, width: number, groupCount: number): void {
  const row = window.width * groupCount;
  for (let line = 0; line < window.height; line += 1) {
    const start = ((window.top + line) * width + window.left) * groupCount;
    for (let index = 0; index < row; index += 1) sums[start + index] += values[line * row + index];
  }
}
