import { afterAll, expect } from 'bun:test';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { killTree } from '../../../src/runner/processes';
import { browserTest, closeBrowserAfterAll, openPage } from '../../browser';

// JupyterLab as a person sees it, at copies of the notebooks in a folder of the test's own.

closeBrowserAfterAll();
const root = path.resolve(import.meta.dir, '..', '..', '..');
const folder = path.join('results', `lab-test-${process.pid}`);
let lab: ReturnType<typeof startLab> | undefined;
afterAll(async () => {
  if (lab?.pid) killTree(lab.pid);
  rmSync(path.join(root, folder), { recursive: true, force: true });
});

function startLab() {
  mkdirSync(path.join(root, folder), { recursive: true });
  const start = `import { startLab } from './src/runner/jupyter/lab';
    const options = ['--no-browser', '--ip=127.0.0.1', '--IdentityProvider.token=', '--LabApp.expose_app_in_browser=True'];
    process.exitCode = await startLab(options, ${JSON.stringify(folder)});`;
  return spawn(process.execPath, ['-e', start], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
}

function writeNotebook(name: string, source: string): void {
  const cells = [{ cell_type: 'code', id: 'cell', source, outputs: [], execution_count: null, metadata: {} }];
  const metadata = { kernelspec: { name: 'tslab', display_name: 'TypeScript (roadseg)', language: 'typescript' } };
  writeFileSync(path.join(root, folder, name), JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells }));
}

/** The address that JupyterLab prints once it listens. */
function addressOf({ stderr }: ReturnType<typeof startLab>): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    stderr.on('data', (piece) => {
      printed += piece;
      const address = /http:\/\/127\.0\.0\.1:\d+\/lab\S*/.exec(printed)?.[0];
      if (address) resolve(address);
    });
    stderr.on('end', () => reject(new Error(`JupyterLab ended, having printed: ${printed}`)));
  });
}

browserTest(
  'what a person runs in JupyterLab is saved where git does not look, and the committed notebooks stay as they are',
  async () => {
    const committed = () => Bun.spawnSync(['git', 'status', '--short', 'notebooks'], { cwd: root }).stdout.toString();
    const before = committed();
    lab = startLab();
    const address = await addressOf(lab);
    writeNotebook('look.ipynb', `import { display } from 'tslab';\ndisplay.html('<b class="looked">7 × 6</b>');`);
    const { page } = await openPage(address.replace('start.ipynb', 'look.ipynb'));
    await page.locator('.jp-Notebook .jp-CodeCell').first().waitFor({ timeout: 60_000 });
    await page.getByText('TypeScript (roadseg) | Idle').waitFor({ timeout: 60_000 });
    await page.evaluate('void window.jupyterapp.commands.execute("notebook:run-all-cells")');
    await page.locator('.jp-OutputArea .looked').waitFor({ timeout: 120_000 });
    await page.evaluate('void window.jupyterapp.commands.execute("docmanager:save")');

    const saved = () => readFileSync(path.join(root, folder, 'look.ipynb'), 'utf8');
    while (!saved().includes('"text/html"')) await Bun.sleep(100);
    expect(readFileSync(path.join(root, folder, 'start.ipynb'), 'utf8')).toContain('This folder is yours');
    expect(committed()).toBe(before);
  },
  240_000,
);
