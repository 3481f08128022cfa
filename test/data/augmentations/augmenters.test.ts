import { expect, test } from 'bun:test';
import { type AugmentationOptions, augmentationOptions, augmenters } from '../../../src/data/augmentations';
import { batches, epochRandom } from '../../../src/data/batches';
import { createRandom } from '../../../src/random';

const noise = createRandom('noise');
const source = {
  length: 6,
  read: async (index: number) => {
    const stream = noise.fork(index);
    const values = (length: number, most: number) => Uint8Array.from({ length }, () => stream.integer(most));
    return { name: `${index}`, image: values(16 * 8 * 3, 256), width: 16, labelIds: values(16 * 8, 34) };
  },
};

const epoch = (chosen: Partial<AugmentationOptions>, number = 1) =>
  Array.fromAsync(
    batches(source, {
      batchSize: 4,
      preprocessing: 'tf',
      classOfLabelId: Uint8Array.from({ length: 34 }, (_, id) => id),
      random: epochRandom(1, number),
      augmentations: augmenters(augmentationOptions.parse(chosen), 4),
    }),
  );

const [crop, mirror, color, blur] = [{ scale: [0.5, 1] as [number, number] }, { probability: 0.5 }, {}, {}] as never[];

test('an epoch is repeated bit for bit, another one differs', async () => {
  const all = { crop, mirror, color, blur };
  expect(await epoch(all)).toEqual(await epoch(all));
  expect(await epoch(all)).not.toEqual(await epoch(all, 2));
});

test('one that is added changes nothing of the others: the same squares, mirrored alike', async () => {
  const labels = async (chosen: Partial<AugmentationOptions>) =>
    (await epoch(chosen)).map(({ labelIds }) => [...labelIds]);
  expect(await labels({ crop, mirror, color, blur })).toEqual(await labels({ crop, mirror }));
  const images = async (chosen: Partial<AugmentationOptions>) => (await epoch(chosen)).map(({ images }) => [...images]);
  expect(await images({ crop, color, mirror })).not.toEqual(await images({ crop, mirror }));
});

test('an unknown name is told of those that are known', () => {
  expect(() => augmentationOptions.parse({ rotate: {} })).toThrow(/rotate/);
});
