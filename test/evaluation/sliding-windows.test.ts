import { expect, test } from 'bun:test';
import { centerSquare, type Square } from '../../src/data/picture';
import { columnSpans, rowSpans, slidingWindows, windowScale } from '../../src/evaluation/sliding-windows';

const lefts = (width: number, height: number, options?: Parameters<typeof slidingWindows>[2]) =>
  slidingWindows(width, height, options).map(({ left }) => left);

test("Cityscapes: three squares of the picture's height, each half over the next", () => {
  expect(slidingWindows(2048, 1024)).toEqual([
    { left: 0, top: 0, width: 1024, height: 1024 },
    { left: 512, top: 0, width: 1024, height: 1024 },
    { left: 1024, top: 0, width: 1024, height: 1024 },
  ]);
  // The middle one is what training saw.
  expect(slidingWindows(2048, 1024)[1]).toEqual(centerSquare(2048, 1024));
});

test('a square picture is one window', () => {
  expect(slidingWindows(96, 96)).toEqual([{ left: 0, top: 0, width: 96, height: 96 }]);
});

test('without overlap as few as cover; a rest moves them together', () => {
  expect(lefts(2048, 1024, { side: null, overlap: 0 })).toEqual([0, 1024]);
  expect(lefts(250, 100, { side: null, overlap: 0 })).toEqual([0, 75, 150]); // 2.5 windows' worth: three
});

test('smaller windows go row by row; larger ones than the picture are cut to it', () => {
  const windows = slidingWindows(200, 100, { side: 50, overlap: 0 });
  expect(windows).toHaveLength(8);
  expect(windows[4]).toEqual({ left: 0, top: 50, width: 50, height: 50 });
  expect(slidingWindows(200, 100, { side: 500, overlap: 0 })).toHaveLength(2);
});

test('a share of the shorter side is the same part of a picture of any size', () => {
  expect(slidingWindows(200, 100, { side: null, share: 0.5, overlap: 0 })).toEqual(
    slidingWindows(200, 100, { side: 50, overlap: 0 }),
  );
  const first = ([{ width, height }]: readonly Square[]) => [width, height];
  expect(first(slidingWindows(480, 360, { side: null, share: 0.5, overlap: 0.5 }))).toEqual([180, 180]);
  expect(first(slidingWindows(960, 720, { side: null, share: 0.5, overlap: 0.5 }))).toEqual([360, 360]);
  // Half of three pixels is rounded; of one pixel it is one.
  expect(first(slidingWindows(3, 4, { side: null, share: 0.5, overlap: 0 }))).toEqual([2, 2]);
  expect(first(slidingWindows(1, 1, { side: null, share: 0.1, overlap: 0 }))).toEqual([1, 1]);
  // 64 pixels of input for 50 of the picture's 100.
  expect(windowScale({ width: 200, height: 100 }, { side: null, share: 0.5, overlap: 0 }, 64)).toBe(1.28);
});

test.each([0, 0.25, 0.5, 0.9])(
  'with overlap %p every pixel is seen, and neighbours share at least that much',
  (overlap) => {
    for (const [width, height] of [
      [480, 360],
      [33, 100],
      [101, 10],
    ]) {
      const windows = slidingWindows(width, height, { side: null, overlap });
      const longer = windows.map(({ left, top }) => left + top);
      const side = Math.min(width, height);
      expect(longer[0]).toBe(0);
      expect(longer.at(-1)! + side).toBe(Math.max(width, height));
      // Both ends of a step are rounded to whole pixels.
      for (let index = 1; index < longer.length; index += 1)
        expect(longer[index] - longer[index - 1]).toBeLessThan(side * (1 - overlap) + 1);
    }
  },
);

test('rows are cut where a window begins or ends, and where there would be more than allowed', () => {
  // Tops 0, 25 and 50: rows 0 to 24 have the first, 25 to 49 the first two, 50 to 74 the last two, 75 to 99 the last.
  const windows = slidingWindows(50, 100);
  expect(windows.map(({ top }) => top)).toEqual([0, 25, 50]);
  const spans = rowSpans(windows, 25);
  expect(spans.map(({ from, to }) => [from, to])).toEqual([
    [0, 25],
    [25, 50],
    [50, 75],
    [75, 100],
  ]);
  expect(spans.map((span) => span.windows.map(({ top }) => top))).toEqual([[0], [0, 25], [25, 50], [50]]);
  // 25 rows in three parts.
  expect(rowSpans(windows, 10).map(({ from }) => from)).toEqual([0, 8, 17, 25, 33, 42, 50, 58, 67, 75, 83, 92]);
});

test('columns are cut where a window begins or ends', () => {
  const spans = columnSpans(slidingWindows(2048, 1024));
  expect(spans.map(({ from, to, windows }) => [from, to, windows.length])).toEqual([
    [0, 512, 1],
    [512, 1024, 2],
    [1024, 1536, 2],
    [1536, 2048, 1],
  ]);
});
