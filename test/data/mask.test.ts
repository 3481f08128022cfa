import { afterAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import sharp from 'sharp';
import { maskValues, openMask } from '../../src/data/mask';
import { prepareScene, readWholeScene } from '../../src/data/prepare-scene';
import { DataError } from '../../src/errors';
import { LABELS } from '../../src/labels';
import { temporaryFolder, writePicture, writePng } from './fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const file = join(folder, 'mask.png');
const known = { labelIdOfMaskValue: new Map(LABELS.filter(({ id }) => id >= 0).map(({ id }) => [id, id])) };

async function refusal(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(DataError);
  return (error as DataError).message;
}

test('8-bit grey PNG gives its values', async () => {
  writePng(file, 'grey', 8, [0, 7, 24, 33]);
  expect([...(await maskValues(await openMask(file)))]).toEqual([0, 7, 24, 33]);
});

test('16 bits would all be read as zero, so they are refused, wherever a mask is read', async () => {
  writePng(file, 'grey', 16, [7, 11, 24, 33]);
  expect(await refusal(openMask(file))).toContain(`${file}: holds 16 bits a value, expected 8`);
  const image = join(folder, 'image.png');
  writePng(image, 'rgb', 8, Array(12).fill(100));
  const scene = { name: 'scene', image, mask: file };
  expect(await refusal(prepareScene(scene, 1, known))).toContain('16 bits');
  expect(await refusal(readWholeScene(scene, known))).toContain('16 bits');
});

test('4 bits would be stretched, 1 to 17', async () => {
  writePng(file, 'grey', 4, [0, 1, 7, 11]);
  expect(await refusal(openMask(file))).toContain('holds 4 bits a value, expected 8');
});

test('of a palette the colours would be taken for the indices', async () => {
  writePng(file, 'palette', 8, [0, 1, 2, 1], [0, 0, 0, 7, 7, 7, 11, 11, 11]);
  const message = await refusal(openMask(file));
  expect(message).toContain('has a palette');
  expect(message).toContain('keeps the indices');
});

test('transparency is refused', async () => {
  writePng(file, 'grey+alpha', 8, [7, 255, 11, 0]);
  expect(await refusal(openMask(file))).toContain('has 2 channels, expected one');
});

test('a colour profile does not change the values', async () => {
  const sample = sharp({ create: { width: 1, height: 1, channels: 3, background: '#808080' } }).withIccProfile('p3');
  const { icc } = await sharp(await sample.png().toBuffer()).metadata();
  writePng(file, 'rgb', 8, [0, 0, 142, 220, 20, 60], undefined, icc);
  expect([...(await maskValues(await openMask(file, 'colors'), { form: 'colors' }))]).toEqual([0x00008e, 0xdc143c]);
});

test('JPEG keeps no value, whatever the file is called', async () => {
  await sharp(Uint8Array.of(0, 7, 24, 33), { raw: { width: 4, height: 1, channels: 1 } })
    .toColourspace('b-w')
    .jpeg()
    .toFile(file);
  expect(await refusal(openMask(file))).toContain('is jpeg, expected PNG');
});

test('a picture that notes how it is to be turned may not fit its mask', async () => {
  const image = join(folder, 'turned.png');
  await sharp({ create: { width: 4, height: 4, channels: 3, background: '#808080' } })
    .withMetadata({ orientation: 6 })
    .png()
    .toFile(image);
  await writePicture(file, 4, 4, () => [7]);
  const scene = { name: 'scene', image, mask: file };
  expect(await refusal(prepareScene(scene, 2, known))).toContain(`${image}: notes that it is to be turned`);
});
