import { readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const DAY = 24 * 60 * 60 * 1000;
/** What was made longer ago, is made again where it is still wanted. */
const KEPT = 30 * DAY;
const MOST_BYTES = 256 * 2 ** 20;
/** Its time says when the folder was looked through. */
const MARK = '.pruned';

/**
 * Removes what was kept in a folder for a month and, where the rest is more than 256 MiB, the oldest of it. At most once a
 * day: the folder holds thousands of files.
 *
 * @returns how many files were removed
 */
export function pruneCache(folder: string, now = Date.now()): number {
  const mark = path.join(folder, MARK);
  const last = statSync(mark, { throwIfNoEntry: false });
  if (last && now - last.mtimeMs < DAY) return 0;
  const files = readdirSync(folder).flatMap((name) => {
    const found = name === MARK ? undefined : statSync(path.join(folder, name), { throwIfNoEntry: false });
    return found ? [{ name, time: found.mtimeMs, size: found.size }] : [];
  });
  let bytes = 0;
  const removed = files
    .sort((a, b) => b.time - a.time)
    .filter(({ time, size }) => {
      bytes += size;
      return now - time > KEPT || bytes > MOST_BYTES;
    });
  for (const { name } of removed) rmSync(path.join(folder, name), { recursive: true, force: true });
  writeFileSync(mark, '');
  utimesSync(mark, now / 1000, now / 1000);
  return removed.length;
}
