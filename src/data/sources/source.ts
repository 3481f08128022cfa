import type { z } from 'zod';
import { DataError } from '../../errors';
import type { ClassSet } from '../classes/class-set';
import type { Dataset, UnpairedListener } from '../dataset';

export interface OpenEvents {
  /** Told how many scenes are there, by a source that makes them. */
  onProgress?: (done: number, total: number) => void;
  /** Without it, a file without its partner is an error. */
  onUnpaired?: UnpairedListener;
}

/** What every source is told: where the data set lies; null where nothing was said. */
export interface SourceOptions {
  root: string | null;
}

/** A kind of data set, as `data.source` names it. */
export interface Source<Options extends SourceOptions = SourceOptions> {
  /** Schema of options of its own, which stand in `data` under the source's name; without it there are none. */
  readonly options?: z.ZodType;
  /** What may be predicted of its scenes beside the sets that others have, by the names that `data.classes` takes. */
  readonly classSets?: Readonly<Record<string, ClassSet>>;
  /** @throws DataError when there is no root or its layout is not the expected one */
  open(options: Options, events?: OpenEvents): Dataset | Promise<Dataset>;
  /**
   * Of a source that makes its scenes: what `open` will return, before anything is made.
   *
   * @throws DataError when it could not be made there
   */
  preview?(options: Options): Dataset;
}

/** @returns the root. @throws DataError when there is none. */
export function requireRoot(root: string | null | undefined, source: string, what: string): string {
  if (root) return root;
  throw new DataError(`data.root is not set, and ${source} is not part of the project`, `--set data.root= ${what}`);
}
