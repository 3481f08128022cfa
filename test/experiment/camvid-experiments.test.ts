import { expect, test } from 'bun:test';
import { loadExperiment } from '../../src/experiment/load';
import { planSweep } from '../../src/experiment/sweep/plan';

// Epochs and recipes are chosen on the validation scenes, so what is published has to be of others.
test.each(['base', 'pretrained'])('CamVid, %s: evaluated on the test scenes', (name) => {
  expect(loadExperiment(`experiments/camvid/${name}.yaml`).experiment.evaluation.split).toBe('test');
});

test.each(['camvid-recipes', 'camvid-size'])('%s chooses, and so stays with the validation scenes', (name) => {
  const { runs } = planSweep(`experiments/sweeps/${name}.yaml`);
  const splits = runs.map(({ label, loaded }) => [label, loaded.experiment.evaluation.split]);
  expect(splits.length).toBeGreaterThan(1);
  expect(splits.filter(([, split]) => split !== 'validation')).toEqual([]);
});
