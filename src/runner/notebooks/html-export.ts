import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROJECT_ROOT } from '../../setup/project.mjs';

/**
 * Writes `<notebook>.html` beside executed notebooks, with nbconvert from `.venv`, while other work goes on: starting
 * nbconvert takes seconds, during which the next notebook runs.
 */
export class HtmlExport {
  private readonly exports: Promise<string | undefined>[] = [];

  constructor(private readonly signal?: AbortSignal) {}

  /** Whether the page is there, or being made. */
  has(notebook: string): boolean {
    const page = notebook.replace(/\.ipynb$/, '.html');
    return this.started.has(notebook) || (existsSync(page) && statSync(page).mtimeMs >= statSync(notebook).mtimeMs);
  }

  start(notebooks: string[]): void {
    if (notebooks.length === 0) return;
    for (const notebook of notebooks) this.started.add(notebook);
    this.exports.push(convert(notebooks, this.signal));
  }

  /** Waits for all that was started; returns what went wrong. */
  async finish(): Promise<string[]> {
    const problems = await Promise.all(this.exports);
    return problems.filter((problem) => problem !== undefined);
  }

  private readonly started = new Set<string>();
}

/** @returns nbconvert's last words if it fails */
async function convert(notebooks: string[], signal?: AbortSignal): Promise<string | undefined> {
  const python = path.join(PROJECT_ROOT, '.venv', 'bin', 'python');
  const folder = mkdtempSync(path.join(tmpdir(), 'roadseg-nbconvert-'));
  try {
    const conversion = Bun.spawn([python, '-m', 'nbconvert', '--log-level=ERROR', '--to=html', ...notebooks], {
      env: { ...process.env, JUPYTER_NO_CONFIG: '1', TMPDIR: folder },
      stdin: 'ignore',
      stdout: 'ignore',
      stderr: 'pipe',
      signal,
    });
    const [errors, code] = await Promise.all([new Response(conversion.stderr).text(), conversion.exited]);
    if (code === 0 || signal?.aborted) return undefined;
    const lastWords = errors.trimEnd().split('\n').slice(-5).join('\n');
    return `nbconvert could not write HTML of ${notebooks.join(', ')}:\n${lastWords}`;
  } catch (error) {
    return `nbconvert could not be started: ${(error as Error).message}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
