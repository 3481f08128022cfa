import { describe, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { GROUP_NAMES, groupIndexByLabelId, hasInstances, LABELS, labelNamed } from '../../src/labels';
import { renderScene } from '../../src/streets/render';
import { composeScene, sceneName } from '../../src/streets/scene';

const SIZE = { width: 128, height: 64 };

test('the same scene comes out in the same bytes', async () => {
  const first = await renderScene({ seed: 1, split: 'train', index: 3, ...SIZE });
  const second = await renderScene({ seed: 1, split: 'train', index: 3, ...SIZE });
  expect(first.image).toHaveLength(128 * 64 * 3);
  expect(first.labelIds).toHaveLength(128 * 64);
  expect(Buffer.compare(first.image, second.image)).toBe(0);
  expect(Buffer.compare(first.labelIds, second.labelIds)).toBe(0);
});

test.each([
  [1, 'train', 0, 256, 128, '3182b2d9356b1d01', '136a62f7aac1027b'],
  [1, 'test', 5, 192, 96, '73f29750e6be0557', '320bea35c7dba56d'],
  [7, 'validation', 2, 250, 125, 'ccd5ea4572ee8276', '3b9dafbfc0c70f1f'],
  [1, 'train', 3, 512, 256, 'ed430055fe8817a6', '92d92f3e46bc06d5'],
  [3, 'train', 11, 320, 160, '463f6a78a3bad266', '790a5f95a57f08cf'],
  [5, 'test', 2, 128, 128, 'd3799eb8e404a536', 'f0ce8f9dd2a33c99'],
] as const)(
  'the generator draws what it has always drawn: seed %d, %s %d at %dx%d',
  async (seed, split, index, width, height, image, labelIds) => {
    const scene = await renderScene({ seed, split, index, width, height });
    const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    expect([hash(scene.image), hash(scene.labelIds)]).toEqual([image, labelIds]);
  },
);

describe('instances', () => {
  const counted = new Set(LABELS.filter(hasInstances).map(({ id }) => id));

  test('are of the label that the mask has there; things that are not counted have the label alone', async () => {
    for (const index of [0, 1, 2, 3]) {
      const { labelIds, instanceIds } = await renderScene({ seed: 1, split: 'train', index, width: 250, height: 125 });
      labelIds.forEach((label, pixel) => {
        const id = instanceIds[pixel];
        if (counted.has(label) ? Math.floor(id / 1000) !== label : id !== label)
          throw new Error(`pixel ${pixel}: instance ${id} on label ${label}`);
      });
    }
  });

  test('are as many as there are things: each person on foot is one, a cyclist and the bicycle two', () => {
    const { shapes, subjects } = composeScene({ seed: 1, split: 'train', index: 3 });
    const numbers = (name: string) => {
      const { id } = labelNamed(name);
      return new Set(shapes.filter(({ label }) => label === id).map(({ instance }) => instance));
    };
    const people = subjects.filter(({ kind }) => kind === 'person').length;
    expect(people).toBeGreaterThan(2);
    // Those who are out of the picture have no shapes.
    const shown = numbers('person');
    expect(shown.size).toBeGreaterThan(1);
    expect(Math.max(...(shown as Set<number>))).toBeLessThan(people);
    for (const rider of numbers('rider')) expect([...numbers('bicycle'), ...numbers('motorcycle')]).toContain(rider);
  });
});

test('another index, split or seed gives another scene', async () => {
  const scene = await renderScene({ seed: 1, split: 'train', index: 3, ...SIZE });
  const others = await Promise.all([
    renderScene({ seed: 1, split: 'train', index: 4, ...SIZE }),
    renderScene({ seed: 1, split: 'test', index: 3, ...SIZE }),
    renderScene({ seed: 2, split: 'train', index: 3, ...SIZE }),
  ]);
  for (const other of others) {
    expect(Buffer.compare(scene.image, other.image)).not.toBe(0);
    expect(Buffer.compare(scene.labelIds, other.labelIds)).not.toBe(0);
  }
});

test('a mask holds only the ids of shapes in the scene: nothing is blended at edges', async () => {
  for (const index of [0, 1, 2, 3]) {
    const used = new Set(composeScene({ seed: 1, split: 'train', index }).shapes.map(({ label }) => label));
    const { labelIds } = await renderScene({ seed: 1, split: 'train', index, width: 250, height: 125 });
    const table = new Set(LABELS.map(({ id }) => id));
    for (const id of new Set(labelIds)) {
      expect(used.has(id)).toBe(true);
      expect(table.has(id)).toBe(true);
    }
  }
});

test('all eight groups occur, road and houses most, people and poles least', async () => {
  const groupOf = groupIndexByLabelId();
  const counts = new Array(GROUP_NAMES.length).fill(0);
  for (let index = 0; index < 12; index++) {
    const { labelIds } = await renderScene({ seed: 1, split: 'train', index, ...SIZE });
    for (const id of labelIds) counts[groupOf[id]]++;
  }
  const total = 12 * 128 * 64;
  const share = Object.fromEntries(GROUP_NAMES.map((name, group) => [name, counts[group] / total]));
  for (const name of GROUP_NAMES) expect(share[name]).toBeGreaterThan(0.002);
  expect(share.flat).toBeGreaterThan(0.25);
  expect(share.construction).toBeGreaterThan(0.1);
  expect(share.human).toBeLessThan(0.05);
  expect(share.object).toBeLessThan(0.05);
});

test('the mask lies on the picture: at another size every label keeps its place', async () => {
  const small = await renderScene({ seed: 1, split: 'validation', index: 0, width: 64, height: 32 });
  const large = await renderScene({ seed: 1, split: 'validation', index: 0, width: 256, height: 128 });
  let same = 0;
  for (let row = 0; row < 32; row++) {
    for (let column = 0; column < 64; column++) {
      // A pixel of the small mask is 4 x 4 of the large one; its middle is at 4 i + 2.
      if (small.labelIds[row * 64 + column] === large.labelIds[(row * 4 + 2) * 256 + column * 4 + 2]) same++;
    }
  }
  expect(same / (32 * 64)).toBeGreaterThan(0.9);
});

test('scenes are named as in Cityscapes, and no town is in two splits', () => {
  expect(sceneName('train', 0).name).toBe('aldenbruck_000000_000019');
  // Four towns take turns: 9 = 2 x 4 + 1.
  expect(sceneName('train', 9)).toEqual({ town: 'hohenmar', name: 'hohenmar_000002_000019' });
  const towns = (['train', 'validation', 'test'] as const).map(
    (split) => new Set(Array.from({ length: 8 }, (_, index) => sceneName(split, index).town)),
  );
  const all = towns.flatMap((set) => [...set]);
  expect(new Set(all).size).toBe(all.length);
});
