import { expect, test } from 'bun:test';
import { counterfactualSamples, heightOf } from '../../src/data/counterfactual-samples';
import { GROUP_NAMES, groupIndexByLabelId } from '../../src/labels';

const OPTIONS = { seed: 1, width: 256, height: 128, split: 'test', scenes: 4, size: 96 } as const;

test('the same person in several sizes: each time smaller, and of the group human where it is seen', async () => {
  const changes = [1, 0.6, 0.3].map((by) => ({ kind: 'scaled', by }) as const);
  const samples = await counterfactualSamples({ ...OPTIONS, kind: 'person', changes });
  expect(samples.length).toBeGreaterThan(0);
  expect(samples.length % 3).toBe(0);
  const groupOf = groupIndexByLabelId();
  for (let first = 0; first < samples.length; first += 3) {
    const same = samples.slice(first, first + 3);
    expect(same.map(({ change }) => change)).toEqual([0, 1, 2]);
    expect(new Set(same.map(({ name }) => name)).size).toBe(1);
    const heights = same.map(({ subject }) => heightOf(subject));
    expect(heights[0]).toBeGreaterThanOrEqual(10);
    expect(heights[1]).toBeLessThan(heights[0]);
    expect(heights[2]).toBeLessThan(heights[1]);
    for (const { subject, labelIds, image } of same) {
      expect(image).toHaveLength(96 * 96 * 3);
      subject.forEach((inside, pixel) => {
        if (inside) expect(GROUP_NAMES[groupOf[labelIds[pixel]]]).toBe('human');
      });
    }
  }
}, 30_000);

test('a thing that is taken out is seen nowhere', async () => {
  const samples = await counterfactualSamples({ ...OPTIONS, kind: 'pole', changes: [{ kind: 'removed' }] });
  expect(samples.length).toBeGreaterThan(0);
  for (const { subject } of samples) expect(heightOf(subject)).toBe(0);
}, 30_000);

test('the height of a mask is that of its rows, gaps included', () => {
  expect(heightOf(Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 1))).toBe(2);
  expect(heightOf(new Uint8Array(9))).toBe(0);
});
