import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ModelError } from '../../errors';

/**
 * A value as JSON that vouches for itself: `sha256` is that of the JSON of all other keys. Readers that do not know of it
 * pass it over.
 */
export function sealedJson(content: object): string {
  return JSON.stringify({ ...content, sha256: sha256(Buffer.from(JSON.stringify(content))) });
}

/**
 * Reads a file of JSON; one that vouches for itself has to be as {@link sealedJson} wrote it.
 *
 * @throws ModelError when it cannot be read, is no JSON, or was altered
 */
export function readSealedJson(file: string, remedy = 'fetch or write the file again'): unknown {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ModelError(`${file}: ${code ? `cannot be read (${code})` : 'is not JSON'}`, remedy, { cause });
  }
  const { sha256: expected, ...rest } = (content ?? {}) as { sha256?: unknown };
  if (expected !== undefined && expected !== sha256(Buffer.from(JSON.stringify(rest))))
    throw new ModelError(`${file}: its SHA-256 is not the one it states, so it was altered`, remedy);
  return content;
}

/** @returns the SHA-256 in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
