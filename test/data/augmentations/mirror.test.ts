import { expect, test } from 'bun:test';
import { AUGMENTATIONS } from '../../../src/data/augmentations';
import { augmenter } from '../../../src/data/augmentations/augmentation';
import { batches, epochRandom } from '../../../src/data/batches';
import type { Sample } from '../../../src/data/prepare-scene';
import { createRandom } from '../../../src/random';

const always = augmenter(AUGMENTATIONS.mirror, { probability: 1 }, 2).draw(createRandom(1));

/** Two rows of two pixels, whose values say where they come from. */
const sample: Sample = {
  name: 'scene',
  image: Uint8Array.of(0, 1, 2, /**/ 10, 11, 12, /**/ 20, 21, 22, /**/ 30, 31, 32),
  width: 2,
  labelIds: Uint8Array.of(0, 1, 2, 3),
};

test('image and label ids change sides together, and the sample itself stays as it is', () => {
  const { image, labelIds } = always(sample);
  expect([...image]).toEqual([10, 11, 12, /**/ 0, 1, 2, /**/ 30, 31, 32, /**/ 20, 21, 22]);
  expect([...labelIds]).toEqual([1, 0, 3, 2]);
  expect([...sample.labelIds]).toEqual([0, 1, 2, 3]);
});

test('the label of a crop has no left or right', () => {
  expect([...always({ ...sample, labelIds: Uint8Array.of(7) }).labelIds]).toEqual([7]);
});

test('the stream “flips” of an epoch says, sample by sample, which are mirrored', async () => {
  const source = { length: 6, read: async (index: number) => ({ ...sample, name: `${index}` }) };
  const random = epochRandom(1, 1);
  const options = { batchSize: 4, preprocessing: 'tf', classOfLabelId: new Uint8Array(34), random } as const;
  const all = await Array.fromAsync(
    batches(source, { ...options, augmentations: [augmenter(AUGMENTATIONS.mirror, {}, 2)] }),
  );
  const mirrored = all.flatMap(({ labelIds }) =>
    [...labelIds].filter((_, place) => place % 4 === 0).map((id) => id === 1),
  );
  const stream = createRandom('1/batches/1/flips');
  expect(mirrored).toEqual(Array.from({ length: 6 }, () => stream.next() < 0.5));
  expect(new Set(mirrored).size).toBe(2);
});
