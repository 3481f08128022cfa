import { afterAll, describe, expect, test } from 'bun:test';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { classSet } from '../../../src/data/classes';
import { type DataOptions, dataOptions } from '../../../src/data/data-options';
import { scenesOf } from '../../../src/data/dataset';
import { openDataset } from '../../../src/data/open-dataset';
import { prepareScene } from '../../../src/data/prepare-scene';
import { folder as source } from '../../../src/data/sources/folder';
import { temporaryFolder, writePicture, writePng } from '../fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const open = (root: string, options: object = {}, rest: Partial<DataOptions> = {}) =>
  openDataset({ source: 'folder', root, folder: source.options.parse(options), ...rest });

const names = (scenes: readonly { name: string }[]) => scenes.map(({ name }) => name);

async function writePair(root: string, image: string, mask: string, value = 7): Promise<void> {
  await writePicture(join(root, image), 4, 4, () => [1, 2, 3]);
  await writePicture(join(root, mask), 4, 4, () => [value]);
}

function writeText(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe('splits', () => {
  test('by folder, whatever validation is called; folders inside belong to the name', async () => {
    const root = join(folder, 'by-folder');
    await writePair(root, 'images/train/a/1.png', 'masks/train/a/1.png');
    await writePair(root, 'images/train/b/1.PNG', 'masks/train/b/1.PNG');
    await writePair(root, 'images/valid/2.png', 'masks/valid/2.png');
    const { splits } = await open(root);
    expect([names(splits.train), names(splits.validation), splits.test]).toEqual([['a/1', 'b/1'], ['2'], []]);
  });

  test('by lists, as VOC has them: JPEG images, indexed masks, a name a line', async () => {
    const root = join(folder, 'voc');
    for (const name of ['2007_000032', '2007_000039', '2007_000063']) {
      mkdirSync(join(root, 'JPEGImages'), { recursive: true });
      const picture = sharp({ create: { width: 4, height: 1, channels: 3, background: '#808080' } });
      await picture.jpeg().toFile(join(root, 'JPEGImages', `${name}.jpg`));
      writePng(
        join(root, 'SegmentationClass', `${name}.png`),
        'palette',
        8,
        [0, 1, 2, 2],
        [0, 0, 0, 128, 0, 0, 0, 128, 0],
      );
    }
    writeText(join(root, 'ImageSets/Segmentation/train.txt'), '2007_000063\n2007_000032\n');
    writeText(join(root, 'ImageSets/Segmentation/val.txt'), '2007_000039\n');
    const labels = ['background', 'aeroplane', 'bicycle'].map((name, value) => ({ name, value, color: [value, 0, 0] }));
    const layout = {
      images: 'JPEGImages',
      masks: 'SegmentationClass',
      splits: 'lists',
      lists: 'ImageSets/Segmentation/{split}.txt',
    };
    const dataset = await open(root, { ...layout, labels });
    expect(names(dataset.splits.train)).toEqual(['2007_000063', '2007_000032']);
    expect(names(dataset.splits.validation)).toEqual(['2007_000039']);
    const { labelIds } = await prepareScene(dataset.splits.train[0], { height: 1 }, dataset);
    expect([...labelIds]).toEqual([0, 1, 2, 2]);
    expect(dataset.labels[1]).toEqual({ id: 1, name: 'aeroplane', color: [1, 0, 0] });
  });

  test('a list may hold paths, but no unknown name, and none twice', async () => {
    const root = join(folder, 'lists');
    for (const name of ['1', '2']) await writePair(root, `images/${name}.png`, `masks/${name}_L.png`);
    const layout = { images: 'images', masks: 'masks', maskSuffix: '_L', splits: 'lists' };
    writeText(join(root, 'train.txt'), '/old/place/1.png /old/place/1_L.png\n');
    writeText(join(root, 'val.txt'), '2.png\n');
    const { splits } = await open(root, layout);
    expect([names(splits.train), names(splits.validation)]).toEqual([['1'], ['2']]);
    writeText(join(root, 'val.txt'), '2.png\n3.png\n');
    await expect(open(root, layout)).rejects.toThrow('val.txt:2: no image is called "3.png"');
    writeText(join(root, 'val.txt'), '');
    const empty = await open(root, layout);
    expect(() => scenesOf(empty, 'validation')).toThrow(
      /in its validation split\n.*name its scenes in val\|validation\|valid\.txt/,
    );
    writeText(join(root, 'val.txt'), '1.png\n');
    await expect(open(root, layout)).rejects.toThrow(/val.txt:1: names "1.png", which .*train.txt:1 names too/);
  });

  test('a listed name may hold blanks and dots', async () => {
    const root = join(folder, 'listed-names');
    for (const name of ['Straße 1', 'drive', 'drive.1'])
      await writePair(root, `images/${name}.png`, `masks/${name}.png`);
    writeText(join(root, 'train.txt'), '\uFEFFStraße 1\r\ndrive.1\r\n\r\n');
    writeText(join(root, 'val.txt'), 'drive.png 1 -1\r\n');
    const { splits } = await open(root, { images: 'images', masks: 'masks', splits: 'lists' });
    expect([names(splits.train), names(splits.validation)]).toEqual([['Straße 1', 'drive.1'], ['drive']]);
  });

  test('a listed name that several scenes have in their folders is none of them', async () => {
    const root = join(folder, 'listed-twice');
    for (const name of ['a/1', 'b/1']) await writePair(root, `images/${name}.png`, `masks/${name}.png`);
    const layout = { images: 'images', masks: 'masks', splits: 'lists' };
    writeText(join(root, 'train.txt'), '/old/place/a/1.png\n');
    writeText(join(root, 'val.txt'), 'b/1\n');
    const { splits } = await open(root, layout);
    expect([names(splits.train), names(splits.validation)]).toEqual([['a/1'], ['b/1']]);
    for (const entry of ['1', 'c/1.png']) {
      writeText(join(root, 'val.txt'), `${entry}\n`);
      await expect(open(root, layout)).rejects.toThrow(`val.txt:1: "${entry}" may be a/1 or b/1`);
    }
  });

  test('of listed scenes alone the masks are asked for, as VOC has many more images', async () => {
    const root = join(folder, 'listed-pairs');
    for (const name of ['1', '2']) await writePair(root, `images/${name}.png`, `masks/${name}.png`);
    await writePicture(join(root, 'images/3.png'), 4, 4, () => [1, 2, 3]);
    const layout = { images: 'images', masks: 'masks', splits: 'lists' };
    writeText(join(root, 'train.txt'), '1\n');
    writeText(join(root, 'val.txt'), '2\n');
    expect(names((await open(root, layout)).splits.train)).toEqual(['1']);
    writeText(join(root, 'val.txt'), '2\n3\n');
    await expect(open(root, layout)).rejects.toThrow(/images\/3\.png: its mask is missing/);
  });

  test('by shares: sequences stay whole, the seed decides, and too few sequences are told', async () => {
    const root = join(folder, 'shares');
    for (let drive = 0; drive < 10; drive += 1)
      for (let frame = 0; frame < 2; frame += 1)
        await writePair(root, `images/drive${drive}_${frame}.png`, `masks/drive${drive}_${frame}.png`);
    const layout = { images: 'images', masks: 'masks', splits: 'fractions' };
    const split = async (seed: number) => {
      const { splits } = await open(root, { ...layout, fractions: { validation: 0.2, test: 0.1, seed } });
      return [splits.train, splits.validation, splits.test].map(names);
    };
    const [train, validation, rest] = await split(1);
    expect([train.length, validation.length, rest.length]).toEqual([14, 4, 2]);
    const drives = [train, validation, rest].map((part) => new Set(part.map((name) => name.split('_')[0])));
    expect(drives.map(({ size }) => size)).toEqual([7, 2, 1]);
    expect(new Set([...train, ...validation, ...rest]).size).toBe(20);
    expect(await split(1)).toEqual([train, validation, rest]);
    expect(await split(2)).not.toEqual([train, validation, rest]);
    await expect(open(root, { ...layout, sequence: '^drive' })).rejects.toThrow(
      'the 20 scenes are of 1 sequences by their names, which leaves none for the validation split',
    );
  });
});

describe('masks', () => {
  test('without labels of one’s own the values are Cityscapes’ label ids', async () => {
    const root = join(folder, 'cityscapes-ids');
    await writePair(root, 'images/train/1.png', 'masks/train/1.png', 26);
    const dataset = await open(root);
    expect(dataset.labels.find(({ id }) => id === 26)?.name).toBe('car');
    expect((await prepareScene(dataset.splits.train[0], 4, dataset)).labelIds[0]).toBe(26);
  });

  test('colours of a palette become label ids; an unknown one is an error with file, value and number', async () => {
    const root = join(folder, 'colors');
    const paint = (third: number[]) =>
      writePicture(join(root, 'masks/train/1.png'), 4, 4, (row, column) =>
        row === 0 && column < 3 ? third : row < 2 ? [128, 64, 128] : [70, 130, 180],
      );
    await writePicture(join(root, 'images/train/1.png'), 4, 4, () => [1, 2, 3]);
    const labels = [
      { name: 'road', value: 5, color: [128, 64, 128] },
      { name: 'sky', value: 9, color: [70, 130, 180] },
    ];
    await paint([70, 130, 180]);
    const dataset = await open(root, { colors: true, labels });
    const prepare = () => prepareScene(dataset.splits.train[0], 4, dataset);
    expect([...(await prepare()).labelIds]).toEqual([9, 9, 9, 5, 5, 5, 5, 5, ...new Array(8).fill(9)]);
    await paint([1, 2, 3]);
    await expect(prepare()).rejects.toThrow(
      `${join(root, 'masks/train/1.png')}: holds the value #010203 (3 of 16 pixels), expected #4682b4, #804080\n  → write masks as they were drawn`,
    );
  });

  test('grey values without a label are all told, the most common first', async () => {
    const root = join(folder, 'unknown');
    await writePicture(join(root, 'images/train/1.png'), 4, 4, () => [1, 2, 3]);
    await writePicture(join(root, 'masks/train/1.png'), 4, 4, (row) => [[40, 0, 41, 41][row]]);
    const labels = [0, 2].map((value) => ({ name: `label ${value}`, value, color: [0, 0, value] }));
    const dataset = await open(root, { labels });
    await expect(prepareScene(dataset.splits.train[0], 4, dataset)).rejects.toThrow(
      'holds the values 41 (8 of 16 pixels), 40 (4 of 16 pixels), expected 0, 2',
    );
  });

  test('an image without mask is named', async () => {
    const root = join(folder, 'missing');
    await writePicture(join(root, 'images/train/1.png'), 4, 4, () => [1, 2, 3]);
    mkdirSync(join(root, 'masks/train'), { recursive: true });
    await expect(open(root)).rejects.toThrow(/1\.png: its mask is missing/);
  });

  test('classes of one’s own say what the values mean; 255 may be one of them', async () => {
    const root = join(folder, 'own-classes');
    await writePicture(join(root, 'images/train/1.png'), 4, 4, () => [1, 2, 3]);
    await writePicture(join(root, 'masks/train/1.png'), 4, 4, (row) => [[0, 0, 3, 255][row]]);
    const classes = dataOptions.shape.classes.parse([
      { name: 'ground', color: [9, 9, 9], values: [0, 3] },
      { name: 'sky', color: [0, 0, 255], values: [1] },
      { name: 'border', values: [255], ignore: true },
    ]);
    const dataset = await open(root, {}, { classes });
    expect(dataset.labels.map(({ id, name }) => [id, name])).toEqual([
      [0, 'ground'],
      [1, 'sky'],
      [3, 'ground'],
      [255, 'border'],
    ]);
    const { labelIds } = await prepareScene(dataset.splits.train[0], 4, dataset);
    const { classOfLabelId } = classSet(classes);
    expect([...labelIds.filter((_, place) => place % 4 === 0)].map((id) => classOfLabelId[id])).toEqual([0, 0, 0, 255]);
  });

  test('classes made of Cityscapes’ labels are not made of others that have their numbers', async () => {
    const root = join(folder, 'other-labels');
    await writePair(root, 'images/train/1.png', 'masks/train/1.png');
    const named = (name: string, value: number) =>
      open(root, { labels: [{ name, value, color: [1, 2, 3] }] }, { classes: 'groups-8' });
    await expect(named('border', 255)).rejects.toThrow('border is 255, and groups-8 is made of');
    // VOC's, which would be a void of Cityscapes.
    await expect(named('aeroplane', 1)).rejects.toThrow(
      "data.folder.labels: aeroplane is 1, and groups-8 is made of Cityscapes' labels, where 1 is ego vehicle",
    );
    expect((await named('road', 7)).labels).toEqual([{ id: 7, name: 'road', color: [1, 2, 3] }]);
  });

  test('masks in colours cannot tell two classes of one colour apart', async () => {
    const root = join(folder, 'one-color');
    await writePair(root, 'images/train/1.png', 'masks/train/1.png');
    const classes = dataOptions.shape.classes.parse([
      { name: 'border', values: [0], ignore: true },
      { name: 'ground', color: [0, 0, 0], values: [1] },
      { name: 'sky', color: [0, 0, 255], values: [2] },
    ]);
    await expect(open(root, { colors: true }, { classes })).rejects.toThrow(
      'data.classes: border and ground both are #000000, and the masks are told by colours (data.folder.colors)',
    );
    expect((await open(root, {}, { classes })).labels).toHaveLength(3);
  });
});
