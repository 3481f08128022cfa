import { RunError } from '../errors';
import type { AdamState } from '../tensorflow/adam';
import { tf } from '../tensorflow/tensorflow';

/** What `model.json` says of the optimizer whose state lies beside the weights. */
export interface OptimizerDescription {
  /** The file beside `model.json`: float32, the first running means in the order of `shapes`, then the second. */
  path: string;
  /** Steps that Adam has done. */
  steps: number;
  /** Shapes of the trained variables, in the model's order. */
  shapes: number[][];
}

/** @returns what Adam remembers as bytes, and what is needed to read them; `state` is disposed of. */
export function encodeOptimizer(path: string, state: AdamState): { bytes: Buffer; description: OptimizerDescription } {
  const slots = [...state.first, ...state.second];
  const parts = slots.map((slot) => {
    const values = slot.dataSync() as Float32Array;
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  });
  const bytes = Buffer.concat(parts);
  const description = { path, steps: state.steps, shapes: state.first.map(({ shape }) => shape) };
  tf.dispose(slots);
  return { bytes, description };
}

/**
 * @param file names the bytes in errors
 * @returns tensors that are the caller's to dispose of
 * @throws RunError when there are more or fewer bytes than the description promises
 */
export function decodeOptimizer(bytes: Buffer, { steps, shapes }: OptimizerDescription, file: string): AdamState {
  const sizes = shapes.map((shape) => tf.util.sizeFromShape(shape));
  const expected = 2 * 4 * sizes.reduce((sum, size) => sum + size, 0);
  if (bytes.length !== expected)
    throw new RunError(`${file}: ${bytes.length} bytes, expected ${expected}`, 'start the run anew with --fresh');
  // A copy, since float32 needs an offset that 4 divides.
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  let offset = 0;
  const slots = [...shapes, ...shapes].map((shape, index) => {
    const size = sizes[index % sizes.length];
    offset += size;
    return tf.tensor(values.slice(offset - size, offset), shape, 'float32');
  });
  return { steps, first: slots.slice(0, shapes.length), second: slots.slice(shapes.length) };
}
