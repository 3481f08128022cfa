import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import type { Dataset, Scene } from '../../../src/data/dataset';
import type { FindingKind } from '../../../src/data/inspection/inspect-dataset';
import { LABELS } from '../../../src/labels';

/** A fault that is planted into one scene of the training split, and the finding that tells it. */
export interface Fault {
  name: string;
  finding: FindingKind | readonly FindingKind[];
  plant(dataset: Dataset, index: number, folder: string): Promise<Scene>;
}

async function written(file: string, picture: Sharp): Promise<string> {
  await picture.png().toFile(file);
  return file;
}

const greyMask = (file: string) => sharp(file).extractChannel(0).toColourspace('b-w');

/** A mask with other label ids, as a file of its own. */
async function relabelled(mask: string, file: string, change: (id: number) => number): Promise<string> {
  const { data, info } = await greyMask(mask).raw().toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  return written(file, sharp(data.map(change), { raw: { width, height, channels: 1 } }).toColourspace('b-w'));
}

/** Every label id is one too high, as where a table was counted from 1. Where the highest does not occur, nothing is unknown. */
export const SHIFTED_IDS: Fault = {
  name: 'label ids that are one too high',
  finding: ['unreadable', 'other scene', 'shifted'],
  plant: async ({ splits: { train } }, index, folder) => ({
    ...train[index],
    mask: await relabelled(train[index].mask, join(folder, `ids-${index}.png`), (id) => id + 1),
  }),
};

/** The labels of some group are void in all masks of the training split. */
export function withoutGroup(group: string): Fault {
  const own = new Set(LABELS.filter((label) => label.group === group).map(({ id }) => id));
  return {
    name: `no ${group} in training`,
    finding: 'empty class',
    plant: async ({ splits: { train } }, index, folder) => ({
      ...train[index],
      mask: await relabelled(train[index].mask, join(folder, `no-${group}-${index}.png`), (id) =>
        own.has(id) ? 0 : id,
      ),
    }),
  };
}

export const FAULTS: readonly Fault[] = [
  {
    name: "another scene's mask",
    finding: ['other scene', 'shifted'],
    plant: async ({ splits: { train } }, index) => ({ ...train[index], mask: train[(index + 7) % train.length].mask }),
  },
  ...[16, 8, 4].map(
    (part): Fault => ({
      name: `a mask moved right by 1/${part * 2} of the height`,
      finding: ['shifted', 'other scene'],
      async plant({ splits: { train } }, index, folder) {
        const { width = 0, height = 0 } = await sharp(train[index].mask).metadata();
        const right = Math.round(height / part / 2);
        const moved = greyMask(train[index].mask)
          .extract({ left: 0, top: 0, width: width - right, height })
          .extend({ left: right, extendWith: 'copy' });
        return { ...train[index], mask: await written(join(folder, `moved-${part}-${index}.png`), moved) };
      },
    }),
  ),
  {
    name: 'a mask upside down',
    finding: ['other scene', 'shifted'],
    plant: async ({ splits: { train } }, index, folder) => ({
      ...train[index],
      mask: await written(join(folder, `flipped-${index}.png`), greyMask(train[index].mask).flip()),
    }),
  },
  {
    name: 'a mask with an unknown value',
    finding: 'unreadable',
    plant: async ({ splits: { train } }, index, folder) => ({
      ...train[index],
      mask: await written(join(folder, `unknown-${index}.png`), greyMask(train[index].mask).linear(1, 20)),
    }),
  },
  {
    name: 'a mask of another size',
    finding: 'unreadable',
    plant: async ({ splits: { train } }, index, folder) => ({
      ...train[index],
      mask: await written(
        join(folder, `size-${index}.png`),
        greyMask(train[index].mask).resize(64, 32, { kernel: 'nearest' }),
      ),
    }),
  },
  {
    name: 'a validation scene, a little darker, in training',
    finding: 'look-alike',
    plant: async ({ splits: { validation } }, index, folder) => {
      const scene = validation[index % validation.length];
      const darker = sharp(scene.image).removeAlpha().linear(0.9, 0);
      return { ...scene, name: `copy-${index}`, image: await written(join(folder, `copy-${index}.png`), darker) };
    },
  },
];

/** @returns the data set with a fault in each of these scenes of the training split */
export async function withFault(
  dataset: Dataset,
  fault: Fault,
  indices: readonly number[],
  folder: string,
): Promise<Dataset> {
  const train = await Promise.all(
    dataset.splits.train.map((scene, index) => (indices.includes(index) ? fault.plant(dataset, index, folder) : scene)),
  );
  return { ...dataset, splits: { ...dataset.splits, train } };
}
