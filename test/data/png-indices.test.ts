import { afterAll, expect, test } from 'bun:test';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { pngIndices } from '../../src/data/png-indices';
import { createRandom } from '../../src/random';
import { temporaryFolder, writePicture, writePng } from './fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const file = join(folder, 'mask.png');

test('indices come as they are stored, also where two of the palette’s colours are alike', async () => {
  writePng(file, 'palette', 8, [0, 2, 1, 2], [0, 0, 0, 255, 0, 0, 0, 0, 0]);
  expect([...(await pngIndices(file))]).toEqual([0, 2, 1, 2]);
});

test('of four bits too', async () => {
  writePng(file, 'palette', 4, [3, 0, 2, 1], [0, 0, 0, 255, 0, 0, 0, 0, 0, 9, 9, 9]);
  expect([...(await pngIndices(file))]).toEqual([3, 0, 2, 1]);
});

test.each([2, 16, 200])(
  'every filter is undone: the colours of the indices are those that a library reads, %d of them',
  async (colours) => {
    const random = createRandom(colours);
    const palette = Array.from({ length: colours }, () => [
      random.integer(256),
      random.integer(256),
      random.integer(256),
    ]);
    const pixels = Uint8Array.from({ length: 61 * 37 }, (_, pixel) =>
      pixel % 61 < 30 ? pixel % colours : random.integer(colours),
    ).reduce<number[]>((all, index) => {
      all.push(...palette[index]);
      return all;
    }, []);
    const raw = { width: 61, height: 37, channels: 3 as const };
    await sharp(Uint8Array.from(pixels), { raw }).png({ palette: true, adaptiveFiltering: true, colours }).toFile(file);
    const { data, info } = await sharp(file)
      .removeAlpha()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect(info.channels).toBe(3);
    const indices = await pngIndices(file);
    expect(indices).toHaveLength(61 * 37);
    // Each index has one colour, and as many colours occur as indices.
    const colorOf = new Map<number, string>();
    indices.forEach((index, pixel) => {
      const color = data.subarray(pixel * 3, pixel * 3 + 3).join();
      expect(colorOf.get(index) ?? color).toBe(color);
      colorOf.set(index, color);
    });
    expect(new Set(colorOf.values()).size).toBe(colorOf.size);
  },
);

test('a file without palette, and one that is cut short, are refused', async () => {
  await writePicture(file, 4, 2, () => [7]);
  await expect(pngIndices(file)).rejects.toThrow('has no palette');
  writePng(file, 'palette', 8, [0, 1], [0, 0, 0, 255, 0, 0]);
  truncateSync(file, 50);
  await expect(pngIndices(file)).rejects.toThrow(`${file}: is damaged`);
});
