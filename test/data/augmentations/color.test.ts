import { expect, test } from 'bun:test';
import { AUGMENTATIONS } from '../../../src/data/augmentations';
import { augmenter } from '../../../src/data/augmentations/augmentation';
import { recolored } from '../../../src/data/augmentations/color';
import { createRandom } from '../../../src/random';

const same = { brightness: 1, contrast: 1, saturation: 1, turn: 0 };
const of = (pixels: number[], changed: Partial<typeof same>) => [
  ...recolored(Uint8Array.from(pixels), { ...same, ...changed }),
];

test('nothing drawn, nothing changed', () => {
  const all = Array.from({ length: 256 * 3 }, (_, place) => (place * 7) % 256);
  expect(of(all, {})).toEqual(all);
});

test('brightness multiplies, and what is too bright is cut off', () => {
  expect(of([100, 50, 250], { brightness: 1.2 })).toEqual([120, 60, 255]);
});

test('contrast is the distance from the mean brightness', () => {
  // Grey of 100 and of 200: the mean is 150, and 50 becomes 1.5 x 50 = 75.
  expect(of([100, 100, 100, 200, 200, 200], { contrast: 1.5 })).toEqual([75, 75, 75, 225, 225, 225]);
  // Brightness comes first: 80 and 160, the mean is 120, and 40 becomes 20.
  const both = of([100, 100, 100, 200, 200, 200], { brightness: 0.8, contrast: 0.5 });
  expect(both).toEqual([100, 100, 100, 140, 140, 140]);
});

test('saturation is the distance from grey', () => {
  // Grey of (150, 100, 50) is 0.213 x 150 + 0.715 x 100 + 0.072 x 50 = 107.05.
  expect(of([150, 100, 50], { saturation: 0 })).toEqual([107, 107, 107]);
  // 107.05 + 0.5 x (42.95, -7.05, -57.05)
  expect(of([150, 100, 50], { saturation: 0.5 })).toEqual([129, 104, 79]);
});

test('hue turns colours about grey, by the matrix of the W3C’s hue-rotate', () => {
  // Half a turn: twice grey less the colour, 214.1 - (150, 100, 50).
  expect(of([150, 100, 50], { turn: 0.5 })).toEqual([64, 114, 164]);
  // A quarter: grey + (-0.213, -0.715, 0.928) · colour = 107.05 - 57.05, and so on.
  expect(of([150, 100, 50], { turn: 0.25 })).toEqual([50, 128, 64]);
  expect(of([90, 90, 90], { turn: 0.1 })).toEqual([90, 90, 90]);
});

test('four numbers are drawn for each sample, so that one option changes no other', () => {
  const sample = { name: 'a', image: Uint8Array.of(100, 150, 200), width: 1, labelIds: Uint8Array.of(7) };
  const [stream, numbers] = [createRandom(1), createRandom(1)];
  const change = augmenter(AUGMENTATIONS.color, { brightness: 0.5, contrast: 0, saturation: 0, hue: 0 }, 1).draw(
    stream,
  );
  const brightness = 0.5 + numbers.next();
  expect([...change(sample).image]).toEqual(
    [100, 150, 200].map((value) => Math.min(255, Math.round(value * brightness))),
  );
  for (let rest = 0; rest < 3; rest += 1) numbers.next();
  expect(stream.next()).toBe(numbers.next());
  expect([...sample.image]).toEqual([100, 150, 200]);
});
