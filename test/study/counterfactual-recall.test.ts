import { afterAll, expect, test } from 'bun:test';
import { classSet } from '../../src/data/classes';
import type { CounterfactualSample } from '../../src/data/counterfactual-samples';
import { predictions } from '../../src/evaluation/predictions';
import { GROUP_NAMES, labelNamed } from '../../src/labels';
import { buildModel } from '../../src/model/build-model';
import { createRandom } from '../../src/random';
import { recallByChange } from '../../src/study/counterfactual-recall';
import { tinyDescription } from '../model/tiny-model';
import { EAGER } from '../tensorflow/execution';

const { size } = tinyDescription;
const model = buildModel(tinyDescription, 3);
afterAll(() => model.dispose());
const options = { classSet: classSet('groups-8'), preprocessing: 'tf', execution: EAGER } as const;

/** A picture of noise in which the thing is a column so many pixels high. */
function sample(change: number, height: number): CounterfactualSample {
  const random = createRandom(`${change} ${height}`);
  const subject = new Uint8Array(size * size);
  for (let row = 0; row < height; row += 1) subject[row * size + 5] = 1;
  const labelIds = new Uint8Array(size * size).fill(labelNamed('road').id);
  const image = Uint8Array.from({ length: size * size * 3 }, () => random.integer(256));
  return { name: 'a', width: size, image, labelIds, change, subject };
}

test("a change's recall is the share of the thing's pixels that were predicted as its group", async () => {
  const samples = [sample(0, 20), sample(1, 8), sample(0, 10), sample(1, 0)];
  const source = { length: samples.length, read: async (index: number) => samples[index] };
  const predicted: Uint8Array[] = [];
  for await (const { predictedGroups } of predictions(model, source, options)) predicted.push(predictedGroups);
  // Whatever the untrained model says most often of the first thing.
  const group = predicted[0][5];
  const found = (index: number) =>
    samples[index].subject.filter((inside, pixel) => inside && predicted[index][pixel] === group).length;
  expect(found(0)).toBeGreaterThan(0);

  const [first, second] = await recallByChange(model, samples, GROUP_NAMES[group], options);
  expect(first).toEqual({ height: 15, things: 2, recall: (found(0) + found(2)) / 30 });
  // A thing that is not seen counts as none.
  expect(second).toEqual({ height: 8, things: 1, recall: found(1) / 8 });
});
