import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { PROJECT_ROOT } from '../../setup/project.mjs';

/**
 * Writes `<notebook>.html` beside executed notebooks, with nbconvert from `.venv`, while other work goes on: one process
 * for all, since loading nbconvert takes ten times as long as writing a page.
 */
export class HtmlExport {
  private readonly started = new Set<string>();
  private readonly problems: string[] = [];
  private converter: ReturnType<typeof startConverter> | undefined;

  constructor(private readonly signal?: AbortSignal) {}

  /** Whether the page is there, or being made. */
  has(notebook: string): boolean {
    const page = notebook.replace(/\.ipynb$/, '.html');
    return this.started.has(notebook) || (existsSync(page) && statSync(page).mtimeMs >= statSync(notebook).mtimeMs);
  }

  start(notebooks: string[]): void {
    for (const notebook of notebooks) {
      this.started.add(notebook);
      try {
        this.converter ??= startConverter(this.signal);
        this.converter.stdin.write(`${JSON.stringify(path.resolve(notebook))}\n`);
        void this.converter.stdin.flush();
      } catch (error) {
        this.problems.push(`nbconvert could not be started: ${(error as Error).message}`);
      }
    }
  }

  /** Waits for all that was started; returns what went wrong. */
  async finish(): Promise<string[]> {
    const { converter, problems } = this;
    if (!converter) return problems;
    await converter.stdin.end();
    const [printed, errors, code] = await Promise.all([
      new Response(converter.stdout).text(),
      new Response(converter.stderr).text(),
      converter.exited,
    ]);
    if (this.signal?.aborted) return problems;
    problems.push(...printed.split('\n').filter((line) => line !== ''));
    if (code !== 0) problems.push(`nbconvert ended early:\n${errors.trimEnd().split('\n').slice(-5).join('\n')}`);
    return problems;
  }
}

function startConverter(signal?: AbortSignal) {
  const python = path.join(PROJECT_ROOT, '.venv', 'bin', 'python');
  return Bun.spawn([python, path.join(import.meta.dir, 'html-export.py')], {
    env: { ...process.env, JUPYTER_NO_CONFIG: '1' },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    signal,
  });
}
