import { DISPLAY } from '../display';
import type tf from './lazy-tensorflow';
import { tensorText } from './tensor-text';

/** Smaller ones are no pictures that one could look at, larger ones no outputs of a cell. */
const LEAST_SIDE = 8;
const GREATEST_SIDE = 2048;
/** About as wide as a picture is shown, in pixels. */
const SHOWN_WIDTH = 256;

type Tensorflow = typeof tf;

/**
 * Lets tensors say how they are printed, and how they are shown as the value of a notebook's cell: as text, those of shape
 * [height, width, 1, 3 or 4] as pictures too. Models are shown by their summary.
 *
 * @param tensorflow once it is loaded
 */
export function showTensors(tensorflow: Tensorflow): void {
  const print = Symbol.for('nodejs.util.inspect.custom');
  const add = <T>(prototype: T, method: symbol, value: (this: T) => unknown) =>
    Object.defineProperty(prototype, method, { value, configurable: true, writable: true });
  const { Tensor, SymbolicTensor, LayersModel } = tensorflow;

  add(Tensor.prototype, print, function () {
    return tensorText(this);
  });
  add(Tensor.prototype, DISPLAY, function () {
    return tensorBundle(this, tensorflow);
  });
  add(SymbolicTensor.prototype, print, function () {
    return `SymbolicTensor ${this.name} [${this.shape.map(String).join(', ')}] ${this.dtype}`;
  });
  add(LayersModel.prototype, print, function () {
    const lines: string[] = [];
    this.summary(undefined, undefined, (line) => lines.push(line));
    return lines.join('\n');
  });
}

async function tensorBundle(tensor: tf.Tensor, tensorflow: Tensorflow): Promise<Record<string, string>> {
  const text = tensorText(tensor);
  const picture = pictureOf(tensor, tensorflow);
  if (!picture) return { 'text/plain': text };
  const png = Buffer.from(await tensorflow.node.encodePng(picture.pixels)).toString('base64');
  picture.pixels.dispose();
  const [height, width] = tensor.shape;
  const factor = Math.max(1, Math.round(SHOWN_WIDTH / width));
  const size = `width="${width * factor}" height="${height * factor}"`;
  // Numbers and names of types: nothing that HTML would have escaped.
  const title = `Tensor [${tensor.shape.join(', ')}] ${tensor.dtype}${picture.note}`;
  return {
    'text/plain': text,
    'image/png': png,
    'text/html': `<img ${size} alt="${title}" src="data:image/png;base64,${png}" style="image-rendering:pixelated"><div>${title}</div>`,
  };
}

/** As bytes: whole numbers up to 255 and fractions up to 1 as they are, others stretched from the lowest to the highest. */
function pictureOf(tensor: tf.Tensor, tensorflow: Tensorflow): { pixels: tf.Tensor3D; note: string } | undefined {
  if (tensor.isDisposed || !isPictureShape(tensor.shape) || !['float32', 'int32', 'bool'].includes(tensor.dtype))
    return undefined;
  return tensorflow.tidy(() => {
    const values = tensor.toFloat();
    const [low, high] = [values.min(), values.max()].map((value) => value.dataSync()[0]);
    if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
    const greatest = tensor.dtype === 'int32' ? 255 : 1;
    const inRange = low >= 0 && high <= greatest;
    if (!inRange && tensor.shape[2] === 4) return undefined;
    const scaled = inRange ? values.mul(255 / greatest) : values.sub(low).mul(255 / Math.max(high - low, 1e-12));
    const note = inRange ? '' : `, black is ${low.toPrecision(3)}, white ${high.toPrecision(3)}`;
    return { pixels: scaled.round().toInt() as tf.Tensor3D, note };
  });
}

function isPictureShape(shape: readonly number[]): boolean {
  const [height, width, channels] = shape;
  const fits = (side: number) => side >= LEAST_SIDE && side <= GREATEST_SIDE;
  return shape.length === 3 && fits(height) && fits(width) && [1, 3, 4].includes(channels);
}
