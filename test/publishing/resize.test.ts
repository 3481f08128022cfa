import { expect, test } from 'bun:test';
import { resizedWindow as resizedOnServer } from '../../src/data/picture';
import { renderScene } from '../../src/data/synthetic/render';
import { resizedWindow } from '../../src/publishing/page/resize';

const [width, height] = [512, 256];
const { image: pixels } = await renderScene({ seed: 1, split: 'test', index: 0, width, height });

// Sides of the window over the size: the same, a little smaller, just below and above where pixels are averaged first.
test.each([
  [32, 32, 0],
  [80, 32, 2],
  [127, 32, 2],
  [131, 32, 2],
  [256, 32, 2],
  [256, 96, 2],
  // Enlarging, libvips places pixels at 64ths and cuts fractions off.
  [24, 32, 8],
])('the page resizes a street of %i pixels to %i as training does, to %i of 255', async (side, size, tolerance) => {
  const window = { left: 137, top: 0, width: side, height: side };
  const expected = await resizedOnServer({ width, height, pixels }, window, size);
  const found = resizedWindow({ width, height, pixels }, window, size);
  expect(found.length).toBe(expected.length);
  const differences = Array.from(found, (value, index) => Math.abs(value - expected[index]));
  expect(Math.max(...differences)).toBeLessThanOrEqual(tolerance);
});
