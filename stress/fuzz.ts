/** Damages every kind of file that is read, in a process that is watched: one that hangs or dies is replaced. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseResult } from './fuzz-worker';
import { ROOT } from './processes';

export interface FuzzOptions {
  cases: number;
  seed?: number;
  /** Seconds that reading one file may take. */
  patience?: number;
  onCase?: (result: CaseResult) => void;
}

/** @param folder where the files are put */
export async function fuzz(folder: string, options: FuzzOptions): Promise<CaseResult[]> {
  const { cases, seed = 1, patience = 20, onCase } = options;
  const results: CaseResult[] = [];
  const keep = (result: CaseResult) => {
    results.push(result);
    onCase?.(result);
  };
  for (let next = 0; next < cases; ) {
    const place = mkdtempSync(join(folder, 'fuzz-'));
    const command = [process.execPath, join(import.meta.dir, 'fuzz-worker.ts'), place, seed, next, cases].map(String);
    const child = Bun.spawn(command, {
      cwd: ROOT,
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '1' },
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const stderr = new Response(child.stderr).text();
    let underWay: { begins: number; reader: string } | undefined;
    let hung = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    for await (const line of linesOf(child.stdout as unknown as AsyncIterable<Uint8Array>)) {
      const said = parsed(line);
      if (said === undefined) continue;
      clearTimeout(timer);
      if ('begins' in said) {
        underWay = said as typeof underWay;
        timer = setTimeout(() => {
          hung = true;
          child.kill('SIGKILL');
        }, 1000 * patience);
      } else if ('end' in said) {
        underWay = undefined;
        next = (said as unknown as CaseResult).index + 1;
        keep(said as unknown as CaseResult);
      }
    }
    clearTimeout(timer);
    await child.exited;
    if (underWay) {
      const end = hung ? 'hung' : 'died';
      const { begins: index, reader } = underWay;
      const message = hung
        ? `after ${patience} s`
        : `${child.signalCode ?? child.exitCode}: ${lastLines(await stderr)}`;
      keep({ index, reader, end, message, milliseconds: 1000 * patience, megabytes: 0 });
      next = index + 1;
    } else if (child.exitCode !== 0) throw new Error(`the reading process did not come up: ${await stderr}`);
  }
  return results;
}

async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of stream) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** What the reading process says is JSON; libraries print other things. */
function parsed(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-12).join(' | ');
}
