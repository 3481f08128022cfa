import { expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RgbPicture, Square } from '../../src/data/picture';
import { resizedWindow } from '../../src/data/resize';

/** What Pillow made of windows of {@link noise}, by test/fixtures/make-resize.py. */
interface Case {
  window: Square;
  size: number;
  sha256: string;
  /** The first row, base64. */
  row: string;
}

const cases: Case[] = JSON.parse(readFileSync(join(import.meta.dir, '..', 'fixtures', 'resize.json'), 'utf8'));

function noise(width: number, height: number): RgbPicture {
  let state = 1;
  const pixels = Uint8Array.from({ length: width * height * 3 }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return (state >> 16) & 255;
  });
  return { width, height, pixels };
}

const picture = noise(300, 280);

test.each(cases.map((entry) => [`${entry.window.width}x${entry.window.height}`, entry.size, entry] as const))(
  '%s to %i is what Pillow makes of it, byte for byte',
  (_, size, { window, sha256, row }) => {
    const found = resizedWindow(picture, window, size);
    expect([...found.subarray(0, size * 3)]).toEqual([...Buffer.from(row, 'base64')]);
    expect(createHash('sha256').update(found).digest('hex')).toBe(sha256);
  },
);

test('an enlarged edge stays where it is: pixel centres lie at half-integer places', () => {
  // Two pixels, black and white, to four: centres at 0.25, 0.75, 1.25, 1.75 of the old; between 0.5 and 1.5 it blends.
  const edge = { width: 2, height: 2, pixels: Uint8Array.of(0, 0, 0, 200, 200, 200, 0, 0, 0, 200, 200, 200) };
  const found = resizedWindow(edge, { left: 0, top: 0, width: 2, height: 2 }, 4);
  const row = [0, 50, 150, 200].flatMap((value) => [value, value, value]);
  expect([...found]).toEqual([...row, ...row, ...row, ...row]);
});

test('when it shrinks, every old pixel has its share', () => {
  // Six pixels to two: scale 3, so a pixel weighs 1 - |distance| / 3 around the centres 1.5 and 4.5.
  const pixels = new Uint8Array(6 * 6 * 3);
  for (let row = 0; row < 6; row += 1) pixels.fill(240, (row * 6 + 3) * 3, (row * 6 + 4) * 3); // column 3
  const found = resizedWindow({ width: 6, height: 6, pixels }, { left: 0, top: 0, width: 6, height: 6 }, 2);
  // Column 3 has its centre at 3.5: distances 2 and 1, weights 1/3 and 2/3, of 2/3 + 1 + 2/3 + 1/3 = 8/3 in all.
  const row = [240 / 8, 240 / 4].flatMap((value) => [value, value, value]);
  expect([...found]).toEqual([...row, ...row]);
});
