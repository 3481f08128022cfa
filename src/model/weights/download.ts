import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ModelError } from '../../errors';
import { currentSignal, throwIfInterrupted } from '../../interruption';

export interface DownloadOptions {
  /** Of the whole file, in hexadecimal. */
  md5: string;
  /** Told after each piece how many bytes are there, and how many there will be if the server says so. */
  onProgress?: (received: number, total: number | undefined) => void;
}

/** How often a broken connection is taken up again. */
const RETRIES = 3;
/** A connection on which nothing comes for so many milliseconds counts as broken. */
const STALL = 60_000;

/**
 * Fetches a file once. What has come stays in `<target>.part`, from whose end the next attempt goes on; the checksum is
 * verified before the part takes the target's name, so that `target` is whole or not there. Two processes may fetch the
 * same file: each writes the same bytes at the same places.
 *
 * @param remedy what to do by hand when the file cannot be had
 * @throws ModelError when the server cannot be reached or what comes has another checksum, InterruptionError when the
 *   person has asked to stop; what has come is kept
 */
export async function download(url: string, target: string, remedy: string, options: DownloadOptions): Promise<void> {
  const { md5 } = options;
  const part = `${target}.part`;
  await mkdir(dirname(target), { recursive: true });
  for (let attempt = 0; ; attempt += 1) {
    const before = await sizeOf(part);
    try {
      await receive(url, part, before, options);
      break;
    } catch (cause) {
      throwIfInterrupted();
      const going = (await sizeOf(part)) > before;
      if (cause instanceof RefusedError || (!going && attempt > 0) || attempt >= RETRIES)
        throw new ModelError(`${url}: cannot be downloaded (${reasonOf(cause)})`, remedy, { cause });
    }
  }
  // Another process may have been first.
  if (!existsSync(part) && existsSync(target)) return;
  const found = await md5OfFile(part);
  if (found !== md5) {
    await rm(part, { force: true });
    throw new ModelError(`${url}: MD5 of what came is ${found}, expected ${md5}`, remedy);
  }
  await rename(part, target).catch((error) => {
    if (!existsSync(target)) throw error;
  });
}

/** @returns the MD5 of a file in hexadecimal. */
export async function md5OfFile(file: string): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** The server answered, and the answer was no: trying again would not help. */
class RefusedError extends Error {}

async function receive(url: string, part: string, start: number, options: DownloadOptions): Promise<void> {
  const { onProgress } = options;
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(), STALL);
  const file = await open(part, start > 0 ? 'r+' : 'w+');
  try {
    const headers: Record<string, string> = start > 0 ? { Range: `bytes=${start}-` } : {};
    const signals = [stall.signal, currentSignal()].filter((signal) => signal !== undefined);
    const response = await fetch(url, { headers, signal: AbortSignal.any(signals) });
    if (response.status === 416) return; // nothing is left to fetch; the checksum will tell
    if (!response.ok || !response.body) throw new RefusedError(`the server answered ${response.status}`);
    let position = response.status === 206 ? start : 0; // a server that does not know ranges begins again
    if (position < start) await file.truncate(0);
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    const total = Number.isFinite(length) ? position + length : undefined;
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      timer.refresh();
      for (let written = 0; written < piece.length; )
        written += (await file.write(piece, written, piece.length - written, position + written)).bytesWritten;
      position += piece.length;
      onProgress?.(position, total);
    }
    if (total !== undefined && position < total) throw new Error(`it broke off after ${position} of ${total} bytes`);
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => ({ size: 0 }))).size;
}

/** `fetch` says no more than that it failed; why is in the cause. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'AbortError') return 'nothing came for too long';
  return [message, cause?.code ?? cause?.message].filter(Boolean).join(': ');
}
