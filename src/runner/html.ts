import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PROJECT_ROOT } from '../setup/project.mjs';
import { RunnerError } from './errors';

/**
 * Writes `<notebook>.html` beside each executed notebook, with nbconvert from `.venv`.
 *
 * @throws RunnerError with nbconvert's last words if it fails
 */
export async function exportHtml(notebooks: string[], signal?: AbortSignal): Promise<void> {
  if (notebooks.length === 0) return;
  const python = path.join(PROJECT_ROOT, '.venv', 'bin', 'python');
  const folder = mkdtempSync(path.join(tmpdir(), 'roadseg-nbconvert-'));
  const convert = Bun.spawn([python, '-m', 'nbconvert', '--log-level=ERROR', '--to=html', ...notebooks], {
    env: { ...process.env, JUPYTER_NO_CONFIG: '1', TMPDIR: folder },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    signal,
  });
  const [errors, code] = await Promise.all([new Response(convert.stderr).text(), convert.exited]);
  rmSync(folder, { recursive: true, force: true });
  signal?.throwIfAborted();
  if (code !== 0) {
    const lastWords = errors.trimEnd().split('\n').slice(-5).join('\n');
    throw new RunnerError(`nbconvert could not write HTML:\n${lastWords}`, 'Run `npm run setup`.');
  }
}
