/** Everything that the page consists of, in memory: what is not here cannot be asked for. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import ts from 'typescript';
import { drawnScene } from '../data/sources/synthetic-files';
import { recordedWindow } from '../experiment/run-folder';
import { browserFiles } from '../tensorflow/browser';
import { exportedFiles } from './export-run';

export interface PageFile {
  type: string;
  content: Uint8Array;
}

const SOURCE = resolve(__dirname, '..');
const PAGE = join(SOURCE, 'publishing', 'page');

/** Modules of the project that the page shares, below `src`. */
const SHARED = ['data/resize', 'evaluation/pixel-classes', 'evaluation/sliding-windows'];

const SCRIPT = 'text/javascript; charset=utf-8';

/**
 * By the path of their address. The page's modules keep their places below `src`, without the ending, as they import each
 * other; TypeScript's types are taken off them.
 *
 * @param run a run's folder, for its best checkpoint, or a checkpoint's
 * @throws ModelError when there is none, or it does something else than segmentation
 */
export async function pageFiles(run: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const { name, content } of exportedFiles(run, 'tfjs'))
    files.set(`/model/${name}`, {
      type: name.endsWith('.json') ? 'application/json' : 'application/octet-stream',
      content,
    });
  // The page's model takes squares of one size: where a run sees pictures at once, it sees them through windows of that scale.
  const window = { ...recordedWindow(run), whole: false };
  files.set('/window.json', { type: 'application/json', content: Buffer.from(JSON.stringify(window)) });
  const { scripts, modules } = browserFiles();
  for (const { name, path } of scripts) files.set(`/tensorflow/${name}`, { type: SCRIPT, content: readFileSync(path) });
  for (const { name, path } of modules)
    files.set(`/tensorflow/${name}`, { type: 'application/wasm', content: readFileSync(path) });
  const own = readdirSync(PAGE)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => `publishing/page/${basename(file, '.ts')}`);
  for (const module of [...own, ...SHARED])
    files.set(`/${module}`, { type: SCRIPT, content: withoutTypes(join(SOURCE, `${module}.ts`)) });
  files.set('/', { type: 'text/html; charset=utf-8', content: readFileSync(join(PAGE, 'index.html')) });
  files.set('/page.css', { type: 'text/css; charset=utf-8', content: readFileSync(join(PAGE, 'page.css')) });
  files.set('/icon.svg', { type: 'image/svg+xml', content: readFileSync(join(PAGE, 'icon.svg')) });
  // For those who have no photo at hand; of the test split, which no training has seen.
  const { image } = await drawnScene({ seed: 1, split: 'test', index: 3, width: 1024, height: 512 });
  files.set('/street.png', { type: 'image/png', content: image });
  return files;
}

function withoutTypes(file: string): Buffer {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return Buffer.from(ts.transpileModule(readFileSync(file, 'utf8'), { compilerOptions }).outputText);
}
