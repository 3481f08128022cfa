/** A disk of a few megabytes, where the machine lets us mount one. */
import { mkdirSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  folder: string;
  /** Leaves so many bytes free, by a file named `filler`. */
  fillUpTo(freeBytes: number): void;
  setReadOnly(readOnly: boolean): void;
  unmount(): void;
}

/** @returns undefined where mounting is not allowed, as in most containers and for all but root */
export function mountSmallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  mkdirSync(folder, { recursive: true });
  const mount = (...args: string[]) => Bun.spawnSync(['mount', ...args], { stderr: 'ignore' }).exitCode === 0;
  if (!mount('-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder)) return undefined;
  return {
    folder,
    fillUpTo: (freeBytes) => {
      const { bavail, bsize } = statfsSync(folder);
      writeFileSync(join(folder, 'filler'), Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
    },
    setReadOnly: (readOnly) => {
      if (!mount('-o', `remount,${readOnly ? 'ro' : 'rw'}`, folder)) throw new Error(`${folder}: cannot be remounted`);
    },
    unmount: () => void Bun.spawnSync(['umount', '-l', folder]),
  };
}
