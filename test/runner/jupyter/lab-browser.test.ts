import { afterAll, expect } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { stringify } from 'yaml';
import { browserTest, closeBrowserAfterAll, openPage } from '../../browser';
import { SHARE } from '../../model/weights/parity';

// JupyterLab as a person sees it: 02-model on a tiny experiment, with two more cells, among copies of the notebooks in a
// folder of the test's own. Each test goes on where the one before it ended.

closeBrowserAfterAll();
const root = path.resolve(import.meta.dir, '..', '..', '..');
const folder = path.join('results', `lab-test-${process.pid}`);
const inFolder = (...names: string[]) => path.join(root, folder, ...names);
let lab: ReturnType<typeof startLab> | undefined;
let page: Page;
afterAll(async () => {
  // Asked to end, JupyterLab ends its kernels; killed, it leaves them behind.
  if (lab?.exitCode === null && lab.kill('SIGTERM')) await once(lab, 'exit');
  rmSync(inFolder(), { recursive: true, force: true });
});

/** With settings of its own, so that a person's are neither read nor changed; with all cells on the page, not those in view. */
function startLab() {
  const settings = {
    '@jupyterlab/notebook-extension/tracker': { windowingMode: 'none' },
    '@jupyterlab/apputils-extension/notification': { fetchNews: 'false', checkForUpdates: false },
  };
  for (const [name, values] of Object.entries(settings)) {
    mkdirSync(path.dirname(inFolder('settings', name)), { recursive: true });
    writeFileSync(inFolder('settings', `${name}.jupyterlab-settings`), JSON.stringify(values));
  }
  const own = [
    `--LabApp.user_settings_dir=${inFolder('settings')}`,
    `--LabApp.workspaces_dir=${inFolder('workspaces')}`,
  ];
  const options = [
    '--no-browser',
    '--ip=127.0.0.1',
    '--IdentityProvider.token=',
    '--LabApp.expose_app_in_browser=True',
  ];
  const start = `import { startLab } from './src/runner/jupyter/lab';
    process.exitCode = await startLab(${JSON.stringify([...options, ...own])}, ${JSON.stringify(folder)});`;
  return spawn(process.execPath, ['-e', start], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
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

/** Two scenes of 64x32, and a model of 1/32 of the channels. */
function writeTinyExperiment(): string {
  const synthetic = { seed: 1, width: 64, height: 32, scenes: { train: 1, validation: 1, test: 0 } };
  const content = {
    name: 'tiny',
    description: 'Tiny',
    folder: inFolder('run'),
    notebooks: ['notebooks/02-model.ipynb'],
    data: { source: 'synthetic', size: 32, root: inFolder('scenes'), synthetic },
    model: { width: SHARE },
  };
  writeFileSync(inFolder('tiny.yaml'), stringify(content));
  return `${folder}/tiny.yaml`;
}

const SHOWING = `import { classDistributionFigure, showFigure, showFiguresInteractively, showLink } from './src/report';
showFiguresInteractively();
const shares = [{ name: 'road', share: 1, color: [128, 64, 128] as const }];
await showFigure(classDistributionFigure([{ label: 'train', shares }]), run.path('figures'));
run.write('report.html', '<!doctype html><title>The report</title><h1>It is open</h1>');
showLink(run, run.path('report.html'));
`;

/** The copy of 02-model as a person would change it: another experiment, and cells at its end. */
function changeCopy(file: string): void {
  const notebook = JSON.parse(readFileSync(inFolder(file), 'utf8'));
  const parameters = notebook.cells.find((cell: { metadata: { tags?: string[] } }) =>
    cell.metadata.tags?.includes('parameters'),
  );
  parameters.source = `let experiment = '${writeTinyExperiment()}';`;
  for (const [id, source] of Object.entries({ showing: SHOWING, tensor: 'picture' }))
    notebook.cells.push({ cell_type: 'code', id, source, outputs: [], execution_count: null, metadata: {} });
  writeFileSync(inFolder(file), JSON.stringify(notebook));
}

const git = (...args: string[]) => Bun.spawnSync(['git', ...args], { cwd: root }).stdout.toString();
const command = (name: string) => page.evaluate(`void window.jupyterapp.commands.execute(${name})`);

browserTest(
  'what a person runs in JupyterLab is saved where git does not look, and the committed notebooks stay as they are',
  async () => {
    const status = () => git('status', '--short');
    const before = status();
    lab = startLab();
    const address = await addressOf(lab);
    changeCopy('02-model.ipynb');
    ({ page } = await openPage(address.replace('start.ipynb', '02-model.ipynb')));
    await page.locator('.jp-Notebook .jp-CodeCell').first().waitFor({ timeout: 60_000 });
    await page.getByText('TypeScript (roadseg) | Idle').waitFor({ timeout: 60_000 });
    await command('"notebook:run-all-cells"');
    // The last cell, or one that failed.
    await page
      .locator('.jp-OutputArea-executeResult, [data-mime-type="application/vnd.jupyter.error"]')
      .last()
      .waitFor({ timeout: 180_000 });
    expect(await page.locator('[data-mime-type="application/vnd.jupyter.error"]').allTextContents()).toEqual([]);
    await command('"docmanager:save"');

    const saved = () => readFileSync(inFolder('02-model.ipynb'), 'utf8');
    while (!saved().includes('"image/png"')) await Bun.sleep(100);
    expect(readFileSync(inFolder('start.ipynb'), 'utf8')).toContain('This folder is yours');
    expect(git('check-ignore', 'scratch/02-model.ipynb')).toBe('scratch/02-model.ipynb\n');
    // `roadseg check` reads what git tracks.
    expect(status()).toBe(before);
  },
  300_000,
);

browserTest('02-model shows the source of a block, its feature maps as pictures, and shapes', async () => {
  const output = page.locator('.jp-OutputArea-output');
  expect(await output.filter({ hasText: 'export function contractionBlock(' }).locator('pre code').count()).toBe(1);
  const channel = page.getByRole('img', { name: /^Saved, channel 0, / }).first();
  expect(await channel.evaluate((picture: HTMLImageElement) => picture.naturalWidth)).toBe(32);
  await output.getByText('picture [1,32,32,3] → saved [1,32,32,2], pooled [1,16,16,2]').waitFor();
  expect(await page.getByRole('img', { name: /; bottleneck 1x1x/ }).isVisible()).toBe(true);
});

browserTest(
  'Tab offers what a value of an earlier cell has, and writes what is chosen',
  async () => {
    await command('"notebook:insert-cell-below"');
    await command('"notebook:enter-edit-mode"');
    const cell = page.locator('.jp-Notebook .jp-CodeCell .cm-content').last();
    await page.keyboard.type('picture.squ');
    await page.keyboard.press('Tab');
    const offered = page.locator('.jp-Completer-match');
    // The first Tab starts TypeScript's language server.
    await offered.first().waitFor({ timeout: 100_000 });
    expect(await offered.allTextContents()).toEqual(['square', 'squaredDifference', 'squeeze']);
    await page.keyboard.press('Enter');
    expect(await cell.textContent()).toBe('picture.square');
  },
  120_000,
);

browserTest(
  'in the dark theme figures, pictures and tables are read; a tensor prints itself; the report opens',
  async () => {
    const figure = page.getByRole('img', { name: 'Share of pixels of each class: train' });
    await figure.locator('.gtitle').waitFor();
    const colorOf = (selector: string) =>
      page
        .locator(selector)
        .last()
        .evaluate((element) => {
          const { color, fill } = getComputedStyle(element);
          return element instanceof SVGElement ? fill : color;
        });
    const [dark, light] = ['rgb(31, 36, 48)', 'rgb(232, 234, 240)'];
    const drawn = '[id^=figure-] svg > path[aria-label=Tiny]';
    expect([await colorOf('.gtitle'), await colorOf(drawn)]).toEqual([dark, dark]);
    await command('"apputils:change-theme", { theme: "JupyterLab Dark" }');
    await page.locator('[data-drawn=dark]').waitFor();
    expect([await colorOf('.gtitle'), await colorOf(drawn)]).toEqual([light, light]);
    expect(await colorOf('table[aria-label^="Feature maps"] small')).toBe('rgba(255, 255, 255, 0.87)');

    const header = page.getByRole('table').filter({ hasText: 'hands on' }).getByRole('columnheader');
    expect(await header.allTextContents()).toEqual(['part', 'layers', 'computes', 'hands on', 'parameters']);
    await page.getByText('Tensor [1, 32, 32, 3] float32').waitFor();

    await page.getByRole('link', { name: 'report.html' }).click();
    await page.locator('.jp-HTMLViewer iframe').contentFrame().getByRole('heading', { name: 'It is open' }).waitFor();
  },
);
