import { afterAll, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { experimentJob } from '../../src/commands/run-experiment';
import { loadExperiment } from '../../src/experiment/load';
import { openRun } from '../../src/experiment/run-folder';
import { readNotebook } from '../../src/runner/notebooks/notebook';
import { trainRun } from '../../src/study/train';
import { temporaryFolder, writeCityscapesScene } from '../data/fixtures';
import { messageOf, projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

const root = projectFolder({ 'experiments/a.yaml': 'notebooks: [t.ipynb]\ndata: { source: camvid }\n' });
const job = (...set: string[]) => experimentJob(loadExperiment('experiments/a.yaml', { root, set }));
const names = ['01-preparation', '02-model', '03-training', '04-evaluation'];

/** The notebooks of the project that an override has run again. */
async function runAgain(override: string): Promise<string[]> {
  const again: string[] = [];
  for (const name of names) {
    const { metadata } = await readNotebook(`notebooks/${name}.ipynb`);
    if (job(override).version!(metadata.roadseg?.reads) !== job().version!(metadata.roadseg?.reads)) again.push(name);
  }
  return again;
}

test('each notebook is run again where what it reads has changed, and only there', async () => {
  expect(await runAgain('description=other')).toEqual([]);
  expect(await runAgain('evaluation.split=test')).toEqual(['04-evaluation']);
  expect(await runAgain('evaluation.panels=1')).toEqual(['04-evaluation']);
  expect(await runAgain('training.epochs=3')).toEqual(['03-training', '04-evaluation']);
  expect(await runAgain('model.width=0.5')).toEqual(['02-model', '03-training', '04-evaluation']);
  expect(await runAgain('data.size=64')).toEqual(names);
});

test('a section that experiments do not have is named', () => {
  expect(messageOf(() => job().version!(['date']))).toContain('reads the section "date"');
});

test('a fresh run keeps the place of its data, and says that it begins at the beginning', () => {
  const project = projectFolder({ 'experiments/a.yaml': 'notebooks: [t.ipynb]\ndata: { source: camvid }\n' });
  const before = process.cwd();
  process.chdir(project);
  try {
    const run = openRun('experiments/a.yaml', { set: ['data.root=/data/camvid'] });
    const made = experimentJob(loadExperiment('experiments/a.yaml'));
    made.prepare!({ fresh: true });
    expect(readFileSync(run.path('experiment.yaml'), 'utf8')).toContain('root: /data/camvid');
    expect(existsSync(path.join(project, run.folder, 'from-the-beginning'))).toBe(true);
  } finally {
    process.chdir(before);
  }
});

test('a folder belongs to its data: another root is refused before a kernel starts, and nothing is written', async () => {
  const { folder, remove } = temporaryFolder();
  try {
    for (const [place, left] of [
      ['one', 7],
      ['two', 26],
    ] as const)
      for (const split of ['train', 'val'])
        for (const scene of [0, 1])
          await writeCityscapesScene(path.join(folder, place), split, `ulm_00000${scene}_000019`, { left });
    const file = path.join(folder, 'a.yaml');
    const experiment = {
      folder: path.join(folder, 'run'),
      notebooks: ['notebooks/03-training.ipynb'],
      data: { source: 'cityscapes', size: 32, root: path.join(folder, 'one') },
      model: { width: 1 / 16 },
      training: { epochs: 1, batchSize: 2 },
      execution: { compile: false },
    };
    writeFileSync(file, stringify(experiment));
    await trainRun(openRun(file));
    const contents = () =>
      readdirSync(path.join(folder, 'run'), { recursive: true, encoding: 'utf8' })
        .filter((name) => statSync(path.join(folder, 'run', name)).isFile())
        .map((name) => [name, readFileSync(path.join(folder, 'run', name), 'base64')]);
    const before = contents();
    const args = ['src/cli.ts', 'run', file, '--set', `data.root=${path.join(folder, 'two')}`];
    const { stderr, exitCode } = Bun.spawnSync([process.execPath, ...args], { stderr: 'pipe', stdout: 'ignore' });
    expect(stderr.toString()).toContain("holds 1 epoch of another training: the data's fingerprint was");
    expect(exitCode).toBe(1);
    expect(contents()).toEqual(before);
  } finally {
    remove();
  }
}, 60_000);
