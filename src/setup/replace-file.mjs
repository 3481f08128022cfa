import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { orElse } from './or-else.mjs';

/** What lies beside a file while it is being written: the number is the process's, the rest tells machines apart. */
export const ASIDE = /\.(\d+)-[0-9a-f]+\.new$/;

/**
 * The one way in which files are written: into a file beside it, then renamed, so that a reader sees the old content or the
 * new, never a part. Not by `write-file-atomic` 8.0.0: it leaves unread how much of the content the system took, and on a
 * disk with 1 MB left has put the first 946,176 of 2,097,152 bytes in the place of a good file, without an error.
 * @param {string} file its folder exists
 * @param {string | Uint8Array} content
 * @param {{ flush?: boolean }} [options] flush: bring the content to the disk before the file takes its name; false for
 *   what can be made again
 * @throws {NodeJS.ErrnoException} as the file system does; what was there before is as it was
 */
export function replaceFile(file, content, { flush = true } = {}) {
  const aside = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.new`;
  try {
    writeWhole(aside, content, flush);
    renameSync(aside, file);
    // The name, too, has to outlive a power cut.
    if (flush) flushFolder(path.dirname(file));
  } catch (error) {
    // A disk that is read-only keeps even what is half written.
    orElse(() => rmSync(aside, { force: true }), undefined);
    throw error;
  }
}

/** @param {string} file @param {string | Uint8Array} content @param {boolean} flush */
function writeWhole(file, content, flush) {
  const descriptor = openSync(file, 'w');
  try {
    // Goes on where the system took a part only, as it does when the disk is nearly full.
    writeFileSync(descriptor, content);
    if (flush) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Not every file system can flush a folder; where it cannot, the file is there all the same. @param {string} folder */
function flushFolder(folder) {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {}
}
