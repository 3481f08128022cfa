import { afterAll, beforeAll, expect, test } from 'bun:test';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writePicture } from '../data/fixtures';

/**
 * What docs/extending.md promises: the examples become parts of a copy of `src`, each as one new file and one entry in one table,
 * and an experiment trains with all of them.
 */
const ADDITIONS = [
  { example: 'data-set-with-classes', as: 'data/sources/kitti-road', exported: 'kittiRoad', table: 'SOURCES' },
  { example: 'class-set', as: 'data/classes/in-the-way', exported: 'inTheWay', table: 'CLASS_SETS' },
  { example: 'augmentation', as: 'data/augmentations/noise', exported: 'noise', table: 'AUGMENTATIONS' },
  { example: 'loss', as: 'training/losses/tversky', exported: 'tversky', table: 'LOSSES' },
  { example: 'schedule', as: 'training/schedules/stepwise', exported: 'stepwise', table: 'SCHEDULES' },
  { example: 'optimizer', as: 'training/optimizers/lion', exported: 'lion', table: 'OPTIMIZERS' },
  { example: 'encoder', as: 'model/encoders/vgg13', exported: 'VGG13', table: 'ENCODERS' },
  { example: 'decoder', as: 'model/decoders/link-net', exported: 'LINK_NET', table: 'DECODERS' },
];

const EXPERIMENT = `
notebooks: [notebooks/03-training.ipynb]
folder: results/run
data: { source: kitti-road, root: data, classes: kitti-road-2, size: 32 }
model: { width: 0.05, encoder: { name: vgg13 }, decoder: { name: link-net } }
training:
  epochs: 1
  batchSize: 4
  loss: [{ name: tversky, missed: 0.8 }]
  schedule: { name: stepwise, drops: [1] }
  optimizer: { name: lion, beta1: 0.95 }
  augmentation: { noise: { deviation: 4 } }
execution: { autotune: false }
`;

const TRAIN = `
import { openRun } from './src/experiment/run-folder';
import { trainRun } from './src/study/train';
const [{ trainingLoss, validationLoss }] = await trainRun(openRun('experiment.yaml'));
console.log(JSON.stringify({ trainingLoss, validationLoss }));
`;

const root = path.resolve(import.meta.dir, '..', '..');
const copy = (() => {
  // Below the project, where packages are found.
  mkdirSync(path.join(root, '.cache'), { recursive: true });
  return mkdtempSync(path.join(root, '.cache', 'additions-'));
})();
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const source = (file: string) => path.join(copy, 'src', `${file}.ts`);
const tableOf = (as: string) => path.join(path.dirname(as), 'index');

/** One new file, and an entry in the table: with the import that it wants, unless the table loads its files itself. */
function add({ example, as, exported, table }: (typeof ADDITIONS)[number]): void {
  const code = readFileSync(path.join(root, 'docs/examples', `${example}.ts`), 'utf8');
  writeFileSync(source(as), code.replaceAll("'../../src/", "'../../"));
  const name = path.basename(as);
  const text = readFileSync(source(tableOf(as)), 'utf8');
  const start = new RegExp(`export const ${table} = (lazyTable\\()?\\{`);
  expect(text).toMatch(start);
  const isLazy = start.exec(text)![1] !== undefined;
  const entry = isLazy
    ? `'${name}': () => (require('./${name}') as typeof import('./${name}')).${exported},`
    : `'${name}': ${exported},`;
  const imported = isLazy ? '' : `import { ${exported} } from './${name}';\n`;
  writeFileSync(source(tableOf(as)), imported + text.replace(start, (found) => `${found} ${entry}`));
}

beforeAll(async () => {
  cpSync(path.join(root, 'src'), path.join(copy, 'src'), { recursive: true });
  for (const shared of ['notebooks', 'package.json', 'tsconfig.json'])
    symlinkSync(path.join(root, shared), path.join(copy, shared));
  for (const addition of ADDITIONS) add(addition);
  writeFileSync(path.join(copy, 'experiment.yaml'), EXPERIMENT);
  writeFileSync(path.join(copy, 'train.ts'), TRAIN);
  for (let index = 0; index < 10; index += 1) {
    const horizon = 8 + index;
    const number = String(index).padStart(6, '0');
    // Nothing above, a road below, and on the right another road that is not evaluated.
    const color = (row: number, column: number) =>
      row < horizon ? [255, 0, 0] : column < 40 ? [255, 0, 255] : [0, 0, 0];
    await writePicture(path.join(copy, 'data/training/gt_image_2', `um_road_${number}.png`), 64, 32, color);
    await writePicture(path.join(copy, 'data/training/image_2', `um_${number}.png`), 64, 32, (row) =>
      row < horizon ? [90, 140, 90] : [60, 60, 60],
    );
  }
}, 60_000);

const run = (...args: string[]) => {
  const { stdout, stderr, exitCode } = Bun.spawnSync([process.execPath, ...args], { cwd: copy });
  return { printed: stdout.toString(), problem: stderr.toString(), exitCode };
};

test('an experiment is trained with all of them', () => {
  const { printed, problem, exitCode } = run('train.ts');
  expect({ problem, exitCode }).toMatchObject({ exitCode: 0 });
  const { trainingLoss, validationLoss } = JSON.parse(printed.trim().split('\n').at(-1)!) as Record<string, number>;
  // One minus a mean of Tversky indices.
  for (const loss of [trainingLoss, validationLoss]) expect(loss > 0 && loss < 1).toBe(true);
}, 120_000);

test.each([
  ['data.source=kitty-road', 'kitti-road'],
  ['data.classes=in-the-weigh', 'in-the-way'],
  ['training.loss=[{name: tverski}]', 'tversky'],
  ['training.schedule.name=stepwice', 'stepwise'],
  ['training.optimizer.name=lyon', 'lion'],
  ['model.encoder.name=vgg31', 'vgg13'],
  ['model.decoder.name=linc-net', 'link-net'],
  ['training.augmentation.noice={}', 'noise'],
])('%s names what there is', (setting, known) => {
  const load = `import { loadExperiment } from './src/experiment/load';
loadExperiment('experiment.yaml', { set: [${JSON.stringify(setting)}] });`;
  const { problem, exitCode } = run('--preload', path.join(root, 'test/fixtures/without-tensorflow.ts'), '-e', load);
  expect([exitCode, problem]).toEqual([1, expect.stringContaining(known)]);
});

test('classes of other labels than the source’s are refused, and its own named', () => {
  const open = `import { openDataset } from './src/data/open-dataset';
await openDataset({ source: 'kitti-road', root: 'data', classes: 'groups-8' });`;
  const { problem, exitCode } = run('-e', open);
  expect(exitCode).toBe(1);
  expect(problem).toContain('data.classes: groups-8 is made of other labels than those of KITTI road');
  expect(problem).toContain('take kitti-road-2');
});

test.each(ADDITIONS)('docs/extending.md says where $example goes', ({ as, table }) => {
  const text = readFileSync(path.join(root, 'docs/extending.md'), 'utf8');
  expect(text).toContain(`\`${table}\``);
  expect(text).toContain(`../src/${tableOf(as)}.ts`);
});
