/**
 * The safetensors format (github.com/huggingface/safetensors): the header's length as 8 bytes, little-endian; a JSON header
 * with type, shape and place of every tensor; the tensors' bytes, one after the other.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { ModelError } from '../../errors';
import type { WeightArray } from './layer-weights';

/** The format's own limit, against a length that would exhaust memory. */
const MAXIMUM_HEADER = 100_000_000;
const LENGTH_BYTES = 8;

const count = z.number().int().nonnegative();
const entry = z.object({
  dtype: z.string(),
  shape: z.array(count),
  /** First byte and the one behind the last, counted from the header's end. */
  data_offsets: z.tuple([count, count]),
});
type Entry = z.infer<typeof entry>;

export interface RawTensor {
  dtype: string;
  shape: number[];
  bytes: Buffer;
}

/** @returns whether the first 9 bytes of a file look like this format: a sensible length and the brace of its header. */
export function isSafetensors(start: Buffer): boolean {
  if (start.length <= LENGTH_BYTES || start[LENGTH_BYTES] !== '{'.charCodeAt(0)) return false;
  return start.readBigUInt64LE(0) <= BigInt(MAXIMUM_HEADER);
}

/**
 * Reads the tensors that are wanted; the others are not loaded.
 *
 * @throws ModelError when the file is cut short or its header does not describe it
 */
export function readSafetensors(path: string, wanted: (name: string) => boolean = () => true): Map<string, RawTensor> {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const length = Number(read(file, 0, LENGTH_BYTES, path).readBigUInt64LE(0));
    const start = LENGTH_BYTES + length;
    if (length > MAXIMUM_HEADER || start > size)
      damaged(path, `its header should be ${length} bytes long, the file has ${size}`);
    const entries = parseHeader(read(file, LENGTH_BYTES, length, path).toString('utf8'), path);
    requireTiling(entries, size - start, path);
    const tensors = new Map<string, RawTensor>();
    for (const [name, { dtype, shape, data_offsets: place }] of entries)
      if (wanted(name))
        tensors.set(name, { dtype, shape, bytes: read(file, start + place[0], place[1] - place[0], path) });
    return tensors;
  } finally {
    closeSync(file);
  }
}

/** @throws ModelError for another type than float32 */
export function float32Weight({ dtype, shape, bytes }: RawTensor, what: string): WeightArray {
  if (dtype !== 'F32') throw new ModelError(`${what} is ${dtype}, expected F32`, 'save the weights as float32');
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  if (values.length !== shape.reduce((product, side) => product * side, 1))
    throw new ModelError(`${what} has ${values.length} values for the shape [${shape}]`, 'fetch the file again');
  return { shape, values };
}

function parseHeader(text: string, path: string): [string, Entry][] {
  let header: Record<string, Entry>;
  try {
    header = JSON.parse(text);
  } catch {
    damaged(path, 'its header is not JSON');
  }
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  const strange = entries.find(([, each]) => !entry.safeParse(each).success);
  if (strange) damaged(path, `its header describes "${strange[0]}" as ${JSON.stringify(strange[1])}`);
  return entries.sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
}

/** The format wants the tensors' bytes to fill the file, without gap or overlap. */
function requireTiling(entries: readonly [string, Entry][], available: number, path: string): void {
  let end = 0;
  for (const [name, { data_offsets: place }] of entries) {
    if (place[0] !== end || place[1] < place[0])
      damaged(path, `"${name}" should begin at byte ${end}, not ${place[0]}`);
    end = place[1];
  }
  if (end !== available) damaged(path, `${available} bytes of tensors, the header promises ${end}`);
}

function read(file: number, position: number, length: number, path: string): Buffer {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const count = readSync(file, bytes, done, length - done, position + done);
    if (count === 0) damaged(path, `it ends at byte ${position + done}, expected ${position + length} at least`);
    done += count;
  }
  return bytes;
}

function damaged(path: string, problem: string): never {
  throw new ModelError(
    `${path}: is no sound safetensors file: ${problem}`,
    'it is cut short or altered; fetch it again',
  );
}
