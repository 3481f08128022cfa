/**
 * Damages files and has them read, case after case: `bun fuzz-worker.ts <folder> <seed> <from> <to>`. Says on a line of its
 * own when a case begins and how it ended, so that whoever watches knows which one took the process down.
 */
import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../src/errors';
import { createRandom } from '../src/random';
import { mutated } from './mutate';
import { type Reader, readers } from './readers';

/** How a case ended. `spoiled`: after it the sound file is not accepted any more. `hung` and `died` are found out by whoever watches. */
export type CaseEnd = 'refused' | 'accepted' | 'unnamed' | 'untyped' | 'spoiled' | 'hung' | 'died';

export interface CaseResult {
  index: number;
  reader: string;
  end: CaseEnd;
  /** The first line of the error. */
  message: string;
  milliseconds: number;
  /** The most memory the process held meanwhile, beyond what it held before. */
  megabytes: number;
}

/** From now on the peak counts again. */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
}

/** In megabytes. */
function memory(field: 'VmHWM' | 'VmRSS'): number {
  return Number(new RegExp(`${field}:\\s*(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;
}

async function damageAndRead(reader: Reader, index: number, seed: number): Promise<CaseResult> {
  const sound = readFileSync(reader.file);
  writeFileSync(reader.file, mutated(sound, reader.kind, createRandom(seed).fork(index)));
  resetPeak();
  const before = memory('VmRSS');
  const started = performance.now();
  let [end, message]: [CaseEnd, string] = ['accepted', ''];
  try {
    await reader.read();
  } catch (error) {
    message = String((error as Error).message ?? error).split('\n')[0];
    const whole = String((error as Error).message);
    const named =
      reader.lenient || [basename(reader.file), ...(reader.beside ?? [])].some((name) => whole.includes(name));
    end = error instanceof UserError ? (named ? 'refused' : 'unnamed') : 'untyped';
    if (end === 'untyped')
      message = `${String((error as Error).stack)
        .split('\n')
        .slice(0, 6)
        .join(' | ')} ${message}`;
  } finally {
    writeFileSync(reader.file, sound);
  }
  const milliseconds = performance.now() - started;
  try {
    await reader.read();
  } catch (error) {
    [end, message] = ['spoiled', (error as Error).message];
  }
  return { index, reader: reader.name, end, message, milliseconds, megabytes: memory('VmHWM') - before };
}

async function main([folder, seed, from, to]: string[]): Promise<void> {
  // Whatever a reader prints must not get between the lines.
  const say = (line: object) => writeSync(1, `\n${JSON.stringify(line)}\n`);
  const all = await readers(folder);
  say({ readers: all.map(({ name }) => name) });
  for (let index = Number(from); index < Number(to); index += 1) {
    const reader = all[index % all.length];
    say({ begins: index, reader: reader.name });
    say(await damageAndRead(reader, index, Number(seed)));
  }
  process.exit(0);
}

if (import.meta.main) await main(process.argv.slice(2));
