import { describe, expect, test } from 'bun:test';
import { AUGMENTATIONS } from '../../src/data/augmentations';
import { augmenter } from '../../src/data/augmentations/augmentation';
import { batchCount, batches, epochRandom } from '../../src/data/batches';
import type { Sample } from '../../src/data/prepare-scene';
import type { SampleSource } from '../../src/data/sample-source';

const SIZE = 2;

/** Sample `index`: red is 10 x index + pixel, label ids count the pixels. */
function sample(index: number): Sample {
  const image = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, place) => (place % 3 ? 0 : 10 * index + place / 3));
  return { name: `s${index}`, image, width: SIZE, labelIds: Uint8Array.of(0, 1, 2, 3) };
}

const source: SampleSource = { length: 5, read: async (index) => sample(index) };
const classOfLabelId = Uint8Array.from({ length: 34 }, (_, id) => id * 2);
const common = { batchSize: 2, preprocessing: 'tf', classOfLabelId } as const;

async function collect(options: Partial<Parameters<typeof batches>[1]> = {}) {
  return Array.fromAsync(batches(source, { ...common, ...options }));
}

describe('order', () => {
  test('without a random stream samples come in order; the last batch is smaller, none is dropped', async () => {
    const all = await collect();
    expect(all.map(({ names }) => names)).toEqual([['s0', 's1'], ['s2', 's3'], ['s4']]);
    expect(batchCount(source, 2)).toBe(3);
  });

  test('the same seed and epoch give the same order, another epoch another one, all samples once', async () => {
    const names = async (epoch: number) =>
      (await collect({ random: epochRandom(1, epoch) })).flatMap((batch) => batch.names);
    expect(await names(1)).toEqual(await names(1));
    expect(await names(1)).not.toEqual(await names(2));
    expect((await names(3)).sort()).toEqual(['s0', 's1', 's2', 's3', 's4']);
  });
});

describe('content', () => {
  test('pixels are preprocessed, label ids become classes', async () => {
    const [first] = await collect();
    // (value - 127.5) / 127.5 in RGB order
    expect(first.images[0]).toBeCloseTo((0 - 127.5) / 127.5, 6);
    expect(first.images[12]).toBeCloseTo((10 - 127.5) / 127.5, 6);
    expect([...first.classes.slice(0, 4)]).toEqual([0, 2, 4, 6]);
  });

  test('caffe preprocessing is blue, green, red less the means', async () => {
    const [first] = await collect({ preprocessing: 'caffe' });
    expect(first.images[0]).toBeCloseTo(0 - 103.939, 3);
    expect(first.images[14]).toBeCloseTo(10 - 123.68, 3); // red of the second sample's first pixel
  });

  test('mirroring turns image and labels alike, about half of the samples', async () => {
    let flipped = 0;
    for (let epoch = 1; epoch <= 40; epoch += 1)
      for (const batch of await collect({
        random: epochRandom(1, epoch),
        augmentations: [augmenter(AUGMENTATIONS.mirror, {}, SIZE)],
      }))
        batch.names.forEach((name, index) => {
          const red = [0, 3].map((place) => Math.round((batch.images[index * 12 + place] + 1) * 127.5));
          const labels = [...batch.labelIds.slice(index * 4, index * 4 + 4)];
          const turned = red[0] > red[1];
          expect(red.sort()).toEqual([0, 1].map((pixel) => 10 * Number(name.slice(1)) + pixel));
          expect(labels).toEqual(turned ? [1, 0, 3, 2] : [0, 1, 2, 3]);
          flipped += turned ? 1 : 0;
        });
    expect(flipped).toBeGreaterThan(70); // of 200
    expect(flipped).toBeLessThan(130);
  });
});

test('a sample that cannot be read fails where its batch is awaited', async () => {
  const broken: SampleSource = {
    length: 4,
    read: async (index) => (index === 3 ? Promise.reject(new Error('no. 3')) : sample(index)),
  };
  const seen: string[] = [];
  const run = async () => {
    for await (const { names } of batches(broken, { ...common })) seen.push(...names);
  };
  expect(run()).rejects.toThrow('no. 3');
  await run().catch(() => undefined);
  expect(seen.slice(0, 2)).toEqual(['s0', 's1']);
});
