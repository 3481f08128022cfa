/**
 * The few parts of HDF5 that weights files need, read by h5wasm (the HDF5 library compiled to WebAssembly). Its own types
 * are not used: the package names them in `exports` alone, where the notebooks' kernel does not look.
 */

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of an HDF5 file. */
export interface Hdf5Group {
  keys(): string[];
  /** @returns what stands at a path below the group, null for nothing. */
  get(path: string): Hdf5Group | Hdf5Dataset | null;
  /** @returns an attribute's value. */
  get_attribute(name: string): unknown;
}

export interface Hdf5Dataset {
  shape: number[] | null;
  /** `<f` for float32. */
  dtype: unknown;
  value: unknown;
}

interface Hdf5File extends Hdf5Group {
  close(): void;
}

interface H5Wasm {
  ready: Promise<{ activate_throwing_error_handler(): void }>;
  File: new (path: string, mode: 'r') => Hdf5File;
}

/**
 * `import()` as text: the kernel compiles the real one to `require`, and the package, which is an ECMAScript module, offers
 * nothing to that.
 */
const importModule = new Function('name', 'return import(name)') as (name: string) => Promise<H5Wasm>;

/**
 * A file whose reading failed stays open in the library, which then takes what is put in its place for the same file, old
 * content and all. So after a failure files are read from a copy.
 */
let failedBefore = false;

/**
 * Opens a file, hands it to `read`, and closes it whatever comes.
 *
 * @throws Error in HDF5's words when it is cut short or damaged
 */
export async function readHdf5<T>(path: string, read: (root: Hdf5Group) => T): Promise<T> {
  const { ready, File } = await importModule('h5wasm/node');
  // Else the library prints to standard error and goes on with nothing.
  (await ready).activate_throwing_error_handler();
  const copies = failedBefore ? mkdtempSync(join(tmpdir(), 'roadseg-hdf5-')) : undefined;
  const readable = copies ? join(copies, 'copy.h5') : path;
  try {
    if (copies) copyFileSync(path, readable);
    const file = new File(readable, 'r');
    try {
      return read(file);
    } finally {
      file.close();
    }
  } catch (cause) {
    failedBefore = true;
    throw new Error(innermostReason(cause instanceof Error ? cause.message : String(cause)), { cause });
  } finally {
    if (copies) rmSync(copies, { recursive: true, force: true });
  }
}

export function isHdf5Group(entry: Hdf5Group | Hdf5Dataset | null): entry is Hdf5Group {
  return entry !== null && 'keys' in entry && typeof entry.keys === 'function';
}

/** The last line of HDF5's stack of errors is where it happened: `#006: …/H5Fsuper.c line 577 in H5F__super_read(): truncated file: …`. */
function innermostReason(message: string): string {
  const frames = [...message.matchAll(/^ *#\d+: .*?\(\): (.*)$/gm)];
  return frames.length > 0 ? frames[frames.length - 1][1] : message.split('\n')[0];
}
