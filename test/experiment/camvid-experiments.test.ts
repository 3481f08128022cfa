import { expect, test } from 'bun:test';
import { loadExperiment } from '../../src/experiment/load';
import { planSweep } from '../../src/experiment/sweep/plan';

// Epochs and recipes are chosen on the validation scenes, so what is published has to be of others.
test.each(['plain-base', 'plain-pretrained', 'base', 'pretrained'])(
  'CamVid, %s: evaluated on the test scenes',
  (name) => {
    expect(loadExperiment(`experiments/camvid/${name}.yaml`).experiment.evaluation.split).toBe('test');
  },
);

test.each([
  ['camvid-size', 24],
  ['camvid-recipe', 12],
  ['camvid-eleven', 2],
  ['camvid-labels', 24],
])('%s: so many runs, evaluated on the test scenes', (name, count) => {
  const { runs } = planSweep(`experiments/sweeps/${name}.yaml`);
  expect(new Set(runs.map(({ loaded }) => loaded.folder)).size).toBe(count);
  expect([...new Set(runs.map(({ loaded }) => loaded.experiment.evaluation.split))]).toEqual(['test']);
});

test('what the sweeps have in common with the report is trained once', () => {
  const folders = (set: string[]) => loadExperiment('experiments/camvid/pretrained.yaml', { set }).folder;
  const ofSweep = (name: string) =>
    planSweep(`experiments/sweeps/${name}.yaml`).runs.map(({ loaded }) => loaded.folder);
  expect(ofSweep('camvid-size')).toContain(folders(['seed=2']));
  expect(ofSweep('camvid-recipe')).toContain(folders(['seed=2']));
  expect(ofSweep('camvid-labels')).toContain(folders(['seed=2']));
});
