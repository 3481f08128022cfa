import { afterAll, describe, expect, test } from 'bun:test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { checkPlan } from '../../../src/commands/check/check-plan';
import { loadExperiment } from '../../../src/experiment/load';
import { projectFolder, removeProjectFolders } from '../../experiment/project-folder';

afterAll(removeProjectFolders);

const all = 'notebooks: [notebooks/01-preparation.ipynb, notebooks/03-training.ipynb, notebooks/04-evaluation.ipynb]\n';
const cell = { cell_type: 'code', metadata: { tags: ['parameters'] }, outputs: [], source: "let experiment = '';" };
const empty = JSON.stringify({ nbformat: 4, nbformat_minor: 4, metadata: {}, cells: [cell] });
const files = {
  'notebooks/01-preparation.ipynb': empty,
  'notebooks/03-training.ipynb': empty,
  'notebooks/04-evaluation.ipynb': empty,
  'experiments/camvid.yaml': `${all}data: { source: camvid }\n`,
  'experiments/streets.yaml': `${all}data: { source: synthetic, synthetic: { scenes: { train: 3, validation: 2, test: 1 } } }\n`,
  'experiments/encoder.yaml':
    'notebooks: [notebooks/00-encoder.ipynb]\ntask: classification\ndata: { source: synthetic, synthetic: { seed: 9 } }\nmodel: { width: 0.25 }\n',
  'experiments/pretrained.yaml':
    'extends: streets.yaml\nmodel: { width: 0.25, encoder: { weights: experiments/encoder.yaml } }\n',
};
const root = projectFolder(files);

/** An empty picture and mask for each scene: here only their names count. */
function camVid(scenes: Record<string, string[]>): string {
  const entries = Object.entries(scenes).flatMap(([split, names]) =>
    names.flatMap((name) => [`${split}/${name}.png`, `${split}annot/${name}.png`]),
  );
  return projectFolder(Object.fromEntries(entries.map((file) => [file, ''])));
}
const camvid = camVid({ train: ['a', 'b'], val: ['c'] });

/** What stands in the way of an experiment and all that it needs. */
async function problem(name: string, ...set: string[]): Promise<string> {
  const wanted = loadExperiment(`experiments/${name}.yaml`, { root, set });
  const needed = wanted.dependencies.map((each) => loadExperiment(each.path, { root, set: each.set }));
  const plan = [...needed, wanted];
  return checkPlan(plan, plan).then(
    () => 'none',
    (error: Error) => error.message,
  );
}

describe('data', () => {
  test('a root has to be named, be there and hold every split that is read', async () => {
    expect(await problem('camvid')).toContain('data.root is not set');
    expect(await problem('camvid', 'data.root=/typo')).toStartWith('/typo/train: no such folder');
    expect(await problem('camvid', `data.root=${camvid}`)).toBe('none');
    expect(await problem('camvid', `data.root=${camvid}`, 'evaluation.split=test')).toContain('in its test split');
    expect(await problem('camvid', `data.root=${camVid({ train: ['a'] })}`)).toContain('in its validation split');
  });

  test('scenes that panels name are among those used', async () => {
    expect(await problem('camvid', `data.root=${camvid}`, 'evaluation.panels=[c]')).toBe('none');
    expect(await problem('camvid', `data.root=${camvid}`, 'evaluation.panels=[a]')).toStartWith(
      'evaluation.panels names "a", which is not among the 1 scenes used of the validation split (the first is c)',
    );
    const limited = ['evaluation.split=train', 'evaluation.panels=[b]', 'data.limit.train=1'];
    expect(await problem('camvid', `data.root=${camvid}`, ...limited)).toContain('names "b"');
  });

  test('generated scenes are drawn in a folder of their own only', async () => {
    expect(await problem('streets')).toBe('none');
    expect(await problem('streets', `data.root=${camvid}`)).toStartWith(
      `${camvid} holds train, trainannot, val, … and no synthetic.json`,
    );
    expect(await problem('streets', `data.root=${camvid}/new`)).toBe('none');
    expect(await problem('streets', 'data.synthetic.scenes.validation=0')).toContain('scenes.validation is 0');
    expect(await problem('streets', 'evaluation.panels=[nowhere]')).toContain('names "nowhere"');
    expect(await problem('pretrained', 'data.root=/new')).toContain(
      'experiments/encoder.yaml (seed 9, 512x256) and experiments/pretrained.yaml (seed 1, 512x256) would draw',
    );
    expect(readdirSync(camvid).sort()).toEqual(['train', 'trainannot', 'val', 'valannot']);
  });
});

describe('weights', () => {
  test('of a run that has yet to be made fit the model that takes them', async () => {
    expect(await problem('pretrained')).toBe('none');
    expect(await problem('pretrained', 'model.width=0.5')).toStartWith(
      'experiments/pretrained.yaml: model.width is 0.5, but experiments/encoder.yaml, whose weights it takes, is trained at 0.25',
    );
    expect(await problem('pretrained', 'model.encoder.batchNorm=false')).toContain('without the batch normalisation');
    expect(await problem('streets', 'model.width=0.5', 'model.encoder.weights=vgg19-imagenet')).toContain('of width 1');
  });

  test('of a file are read before anything starts; all problems are told together', async () => {
    const given = (file: string) => `model.encoder.weights=${path.resolve('test/fixtures', file)}`;
    expect(await problem('camvid', 'data.root=/typo', 'model.encoder.weights=/nothing')).toMatch(
      /^2 problems, and nothing was started:\n {2}\/typo\/train: no such folder\n.*\n {2}\/nothing: no weights there/,
    );
    expect(await problem('streets', given('make-keras.py'))).toContain('is none of HDF5, safetensors');
    expect(await problem('streets', given('keras-vgg19.h5'))).toMatch(/"block1_conv1\/kernel" has shape .*expects/);
  }, 60_000);
});

test('a finished run stays finished, to the byte, where its data is looked for in vain', () => {
  const project = projectFolder({
    ...files,
    'results/done/run.json': JSON.stringify({ state: 'finished', notebooks: [], started: '2024-05-01T10:00:00.000Z' }),
    'results/done/experiment.yaml': 'name: done\n',
  });
  const before = contents(path.join(project, 'results'));
  const args = ['run', 'experiments/camvid.yaml', '--set', 'folder=results/done', '--set', 'data.root=/typo'];
  const { stderr, exitCode } = Bun.spawnSync([process.execPath, path.resolve('src/cli.ts'), ...args], {
    cwd: project,
    stderr: 'pipe',
    stdout: 'ignore',
  });
  expect(stderr.toString()).toContain('/typo/train: no such folder');
  expect(exitCode).toBe(1);
  expect(contents(path.join(project, 'results'))).toEqual(before);
});

test('so does a sweep, before any of its runs has a folder', () => {
  const project = projectFolder({
    ...files,
    'experiments/sweeps/s.yaml': 'experiment: experiments/camvid.yaml\nseeds: 2\n',
  });
  const args = ['sweep', 'experiments/sweeps/s.yaml', '--set', 'data.root=/typo'];
  const { stderr, exitCode } = Bun.spawnSync([process.execPath, path.resolve('src/cli.ts'), ...args], {
    cwd: project,
    stderr: 'pipe',
    stdout: 'ignore',
  });
  expect(stderr.toString()).toContain('/typo/train: no such folder');
  expect(exitCode).toBe(1);
  expect(readdirSync(project)).not.toContain('results');
});

test('what each notebook of the project reads is known', () => {
  const source = readFileSync('src/commands/check/check-plan.ts', 'utf8');
  const notebooks = readdirSync('notebooks').filter((name) => name.endsWith('.ipynb'));
  expect(notebooks.filter((name) => !source.includes(`'${name}'`))).toEqual([]);
});

function contents(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => path.join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => [file, readFileSync(file, 'utf8')]);
}
