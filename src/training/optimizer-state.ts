import { z } from 'zod';
import { RunError } from '../errors';
import { sha256 } from '../model/weights/sealed-json';
import { type OptimizerState, stateTensors } from '../tensorflow/optimizer';
import { tf } from '../tensorflow/tensorflow';
import { START_AGAIN } from './checkpoint-metadata';

/** What `model.json` says of the optimizer whose state lies beside the weights. */
export const optimizerDescription = z.object({
  /** The file beside `model.json`: float32, slot after slot, each in the order of `shapes`. */
  path: z.string().regex(/^optimizer-epoch-\d+\.bin$/),
  /** Steps that the optimizer has done. */
  steps: z.number().int().nonnegative(),
  /** Names of the slots; absent in older checkpoints, which are Adam's. */
  slots: z.array(z.string()).default(['firstMoment', 'secondMoment']),
  /** Shapes of the trained variables, in the model's order. */
  shapes: z.array(z.array(z.number().int().nonnegative())),
  /** Shapes of the averaged weights, which come last in the file: what training goes on from. */
  averages: z.array(z.array(z.number().int().nonnegative())).optional(),
  /** Of the file, in hexadecimal; absent in older checkpoints. */
  sha256: z.string().optional(),
});

export type OptimizerDescription = z.infer<typeof optimizerDescription>;

/** @returns what an optimizer remembers as bytes, and what is needed to read them; `state` is disposed of. */
export function encodeOptimizer(
  path: string,
  state: OptimizerState,
): { bytes: Buffer; description: OptimizerDescription } {
  const tensors = stateTensors(state);
  const parts = tensors.map((slot) => {
    const values = slot.dataSync() as Float32Array;
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  });
  const bytes = Buffer.concat(parts);
  const slots = Object.keys(state.slots);
  const shapes = state.slots[slots[0]]?.map(({ shape }) => shape) ?? [];
  const averages = state.averages?.map(({ shape }) => shape);
  const description = { path, steps: state.steps, slots, shapes, averages, sha256: sha256(bytes) };
  tf.dispose(tensors);
  return { bytes, description };
}

/**
 * @param file names the bytes in errors
 * @returns tensors that are the caller's to dispose of
 * @throws RunError when the bytes are not those that the description promises
 */
export function decodeOptimizer(bytes: Buffer, description: OptimizerDescription, file: string): OptimizerState {
  const { steps, slots, shapes, averages, sha256: checksum } = description;
  const all = [...slots.flatMap(() => shapes), ...(averages ?? [])];
  const expected = 4 * all.reduce((sum, shape) => sum + tf.util.sizeFromShape(shape), 0);
  if (bytes.length !== expected)
    throw new RunError(`${file}: ${bytes.length} bytes, model.json beside it promises ${expected}`, START_AGAIN);
  if (checksum !== undefined && checksum !== sha256(bytes))
    throw new RunError(`${file}: was altered since it was written`, START_AGAIN);
  // A copy, since float32 needs an offset that 4 divides.
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  const strange = values.find((value) => !Number.isFinite(value));
  if (strange !== undefined) throw new RunError(`${file}: holds ${strange}, expected finite numbers`, START_AGAIN);
  let offset = 0;
  const next = (shape: number[]) => {
    const start = offset;
    offset += tf.util.sizeFromShape(shape);
    return tf.tensor(values.slice(start, offset), shape, 'float32');
  };
  const ofSlots = Object.fromEntries(slots.map((name) => [name, shapes.map(next)]));
  return { steps, slots: ofSlots, ...(averages && { averages: averages.map(next) }) };
}
