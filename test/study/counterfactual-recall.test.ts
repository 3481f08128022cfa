import { afterAll, expect, test } from 'bun:test';
import { classSet } from '../../src/data/classes';
import { IGNORED } from '../../src/data/classes/class-set';
import type { CounterfactualSample } from '../../src/data/counterfactual-samples';
import { predictions } from '../../src/evaluation/predictions';
import { labelIdByGroupIndex, labelNamed } from '../../src/labels';
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
function sample(change: number, height: number, labelId = labelNamed('road').id): CounterfactualSample {
  const random = createRandom(`${change} ${height}`);
  const subject = new Uint8Array(size * size);
  for (let row = 0; row < height; row += 1) subject[row * size + 5] = 1;
  const labelIds = new Uint8Array(size * size).fill(labelId);
  const image = Uint8Array.from({ length: size * size * 3 }, () => random.integer(256));
  return { name: 'a', width: size, image, labelIds, change, subject };
}

test("a change's recall is the share of the thing's pixels that were predicted as its label's group", async () => {
  const samples = [sample(0, 20), sample(1, 8), sample(0, 10), sample(1, 0)];
  const source = { length: samples.length, read: async (index: number) => samples[index] };
  const predicted: Uint8Array[] = [];
  for await (const { predictedGroups } of predictions(model, source, options)) predicted.push(predictedGroups);
  // Whatever the untrained model says most often of the first thing.
  const group = predicted[0][5];
  const found = (index: number) =>
    samples[index].subject.filter((inside, pixel) => inside && predicted[index][pixel] === group).length;
  expect(found(0)).toBeGreaterThan(0);

  for (const each of samples) each.labelIds.fill(labelIdByGroupIndex()[group]);
  const [first, second] = await recallByChange(model, samples, options);
  expect(first).toEqual({ height: 15, things: 2, recall: (found(0) + found(2)) / 30 });
  // A thing that is not seen counts as none.
  expect(second).toEqual({ height: 8, things: 1, recall: found(1) / 8 });
});

test('of other classes it is that of the class that has the label, and ignored pixels do not count', async () => {
  // All that the model can say are two classes, one of them right; half of the thing is of a label that is ignored.
  const [person, car, wall] = ['person', 'car', 'wall'].map((name) => labelNamed(name).id);
  const named = (right: number) => {
    const classOfLabelId = Uint8Array.from({ length: 34 }, (_, id) => (id === person ? right : IGNORED));
    return { ...options.classSet, classOfLabelId };
  };
  const one = sample(0, 20, person);
  one.labelIds.fill(wall, 0, 10 * size);
  const source = { length: 1, read: async () => one };
  const predicted: Uint8Array[] = [];
  for await (const { predictedGroups } of predictions(model, source, options)) predicted.push(predictedGroups);
  const right = predicted[0][15 * size + 5];
  const found = Array.from({ length: 10 }, (_, row) => predicted[0][(10 + row) * size + 5] === right).filter(Boolean);
  const [{ recall }] = await recallByChange(model, [one], { ...options, classSet: named(right) });
  expect(recall).toBe(found.length / 10);
  const [{ recall: other }] = await recallByChange(model, [sample(0, 20, car)], { ...options, classSet: named(right) });
  expect(other).toBeNaN();
});
