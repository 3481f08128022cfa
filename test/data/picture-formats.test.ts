import { afterAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import sharp from 'sharp';
import { isPictureName, readPicture } from '../../src/data/picture';
import { temporaryFolder } from './fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test.each(['png', 'jpg', 'jpeg', 'webp', 'tif', 'tiff', 'avif', 'gif'])(
  '%s is read and known by its name',
  async (ending) => {
    const file = join(folder, `street.${ending}`);
    await sharp({ create: { width: 16, height: 8, channels: 3, background: '#808080' } }).toFile(file);
    expect(await readPicture(file)).toMatchObject({ width: 16, height: 8 });
    expect(isPictureName(file)).toBe(true);
    expect(isPictureName(file.toUpperCase())).toBe(true);
  },
);

test.each(['notes.txt', 'drawing.svg', 'png', '.png', 'a.png.txt'])('%s is not named like a picture', (name) => {
  expect(isPictureName(name)).toBe(false);
});
