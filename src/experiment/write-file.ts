import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { sync as writeFileAtomic } from 'write-file-atomic';

/**
 * Writes a file so that a reader sees the old content or the new, never a part: into a temporary file beside it, flushed,
 * then renamed. Folders above it are made.
 */
export function writeFile(file: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileAtomic(file, typeof content === 'string' ? content : Buffer.from(content));
}
