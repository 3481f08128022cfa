import { createHash } from 'node:crypto';
import { appendFileSync, createReadStream, mkdirSync, readFileSync, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { RunError } from '../errors';
import { orElse } from '../setup/or-else.mjs';

/** Hashes, prepared scenes and generated data live here, in the project folder; all of it can be deleted and is made again. */
export const CACHE_FOLDER = '.cache';

export interface ContentHashOptions {
  /** Where hashes are remembered between processes. */
  cacheFolder?: string;
  /**
   * A hash is remembered once its file has been left alone for so many milliseconds. File systems count time in steps, of two
   * seconds at most: a file that changes again within one step keeps its times, so those of a fresh file prove nothing.
   */
  settled?: number;
}

/** Files that are read at the same time. */
const CONCURRENCY = 16;
/** How often a file is read that changes under the reader. */
const ATTEMPTS = 3;

/**
 * The SHA-256 of a file's content, in hexadecimal digits. It is remembered under the file's path, size, times of modification
 * and of change (in nanoseconds) and inode; nobody can set the time of change, so a file that was edited is read again even
 * where size and modification time were kept.
 *
 * @throws RunError for a file that cannot be read, or that does not stop changing
 */
export async function contentHash(file: string, options: ContentHashOptions = {}): Promise<string> {
  const [hash] = await contentHashes([file], options);
  return hash;
}

/** As {@link contentHash}, for many files: their hashes in the same order. */
export async function contentHashes(
  files: readonly string[],
  { cacheFolder = CACHE_FOLDER, settled = 2000 }: ContentHashOptions = {},
): Promise<string[]> {
  const known = remembered(path.join(cacheFolder, 'content-hashes'));
  const hashes: string[] = [];
  const found: string[] = [];
  let next = 0;
  const work = async () => {
    while (next < files.length) {
      const index = next++;
      const file = path.resolve(files[index]);
      const state = await stateOf(file);
      const hash = known.get(state.key);
      hashes[index] = hash ?? (await hashedWhole(file, state, (key, made) => found.push(entry(key, made)), settled));
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    known.add(found);
  }
  return hashes;
}

/** What tells one state of a file from another without reading it. */
interface FileState {
  key: string;
  /** Milliseconds since 1970. */
  changed: number;
}

async function stateOf(file: string): Promise<FileState> {
  try {
    const { size, mtimeNs, ctimeNs, ino, ctimeMs } = await stat(file, { bigint: true });
    return { key: [size, mtimeNs, ctimeNs, ino, file].join(' '), changed: Number(ctimeMs) };
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** Reads a file until it is the same after reading as before. */
async function hashedWhole(
  file: string,
  state: FileState,
  remember: (key: string, hash: string) => void,
  settled: number,
): Promise<string> {
  let before = state;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const started = Date.now();
    const hash = await hashed(file);
    const after = await stateOf(file);
    if (after.key === before.key) {
      if (started - before.changed > settled) remember(before.key, hash);
      return hash;
    }
    before = after;
  }
  throw new RunError(`${file}: changes while it is read`, 'wait until it is written, then run again');
}

async function hashed(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return hash.digest('hex');
}

function unreadable(file: string, cause: unknown): RunError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return new RunError(`${file}: cannot be read (${code ?? message})`, 'put the file in place, readable', { cause });
}

/** The logs this process has read, by path. */
const logs = new Map<string, HashLog>();

function remembered(file: string): HashLog {
  const absolute = path.resolve(file);
  const log = logs.get(absolute) ?? new HashLog(absolute);
  logs.set(absolute, log);
  log.readOn();
  return log;
}

/**
 * Hashes by the state of a file, as lines that any number of processes append to one log. Each line has a checksum: one that
 * is cut short or altered counts for nothing, and its file is read again.
 */
class HashLog {
  private readonly hashes = new Map<string, string>();
  private length = 0;

  constructor(private readonly file: string) {}

  get(key: string): string | undefined {
    return this.hashes.get(key);
  }

  /** Takes in what was appended since the last look, by this process or another. */
  readOn(): void {
    if (orElse(() => statSync(this.file).size, 0) === this.length) return;
    const content = orElse(() => readFileSync(this.file), Buffer.alloc(0));
    if (content.length < this.length) this.hashes.clear();
    const start = content.length < this.length ? 0 : this.length;
    for (const line of content.toString('utf8', start).split('\n')) {
      const parsed = parsedEntry(line);
      if (parsed) this.hashes.set(parsed.key, parsed.hash);
    }
    this.length = content.length;
  }

  /** Where the log cannot be written the files are read again next time; that costs time and nothing else. */
  add(entries: readonly string[]): void {
    if (entries.length === 0) return;
    try {
      mkdirSync(path.dirname(this.file), { recursive: true });
      // A line break on both sides: what another process left half written does not spoil a line of this one.
      appendFileSync(this.file, `\n${entries.join('\n')}\n`);
    } catch {}
  }
}

function entry(key: string, hash: string): string {
  const text = JSON.stringify([hash, key]);
  return `${checksum(text)} ${text}`;
}

function parsedEntry(line: string): { key: string; hash: string } | undefined {
  const [sum, text] = [line.slice(0, 8), line.slice(9)];
  if (text === '' || checksum(text) !== sum) return undefined;
  const [hash, key] = JSON.parse(text) as [string, string];
  return { key, hash };
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
