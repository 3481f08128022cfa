import { describe, expect, test } from 'bun:test';
import {
  boundaryCounts,
  boundaryIou,
  distanceToBoundary,
  type MapPair,
  trimapAccuracy,
  trimapCounts,
} from '../../src/evaluation/boundary';
import { createRandom } from '../../src/random';

const ROW = { width: 7, height: 1 };
const far = Number.POSITIVE_INFINITY;

const trimap = (maps: MapPair, farthest: number) => trimapCounts(maps, distanceToBoundary(maps.truth, maps), farthest);
const boundary = (maps: MapPair, classes: number, part?: number) =>
  boundaryCounts(maps, distanceToBoundary(maps.truth, maps), classes, part);

describe('the distance to the nearest boundary', () => {
  test('is 1 on both sides of it', () => {
    expect([...distanceToBoundary([0, 0, 0, 1, 1, 1, 1], ROW)]).toEqual([3, 2, 1, 1, 2, 3, 4]);
  });

  test('is infinite where there is none', () => {
    expect([...distanceToBoundary([5, 5, 5], { width: 3, height: 1 })]).toEqual([far, far, far]);
  });

  test("is the chessboard's: a corner is one step", () => {
    const corner = [9, 0, 0, 0, 0, 0, 0, 0, 0];
    expect([...distanceToBoundary(corner, { width: 3, height: 3 })]).toEqual([1, 1, 2, 1, 1, 2, 2, 2, 2]);
  });

  test('is what looking at every pixel gives', () => {
    const random = createRandom(2);
    const size = { width: 17, height: 13 };
    const values = Array.from({ length: 17 * 13 }, () => (random.chance(0.04) ? 1 : 0));
    const found = distanceToBoundary(values, size);
    values.forEach((value, pixel) => {
      const others = values.flatMap((other, at) =>
        other === value
          ? []
          : Math.max(Math.abs((at % 17) - (pixel % 17)), Math.abs(Math.floor(at / 17) - Math.floor(pixel / 17))),
      );
      expect(found[pixel]).toBe(Math.min(...others));
    });
  });
});

test('a trimap: the accuracy of all that is no farther from a boundary than so many pixels', () => {
  //             distances 3  2  1  1  2  3  4
  const truth = [0, 0, 0, 1, 1, 1, 1];
  const predicted = [0, 0, 1, 0, 1, 1, 0];
  const counts = trimap({ truth, predicted, ...ROW }, 3);
  expect(counts).toEqual({ right: [0, 2, 2, 0], pixels: [2, 2, 2, 1] });
  // 0 of 2, 2 of 4, 4 of 6; what is farther does not count.
  expect(trimapAccuracy(counts)).toEqual([0, 0.5, 4 / 6]);
});

test('ignored pixels count in neither, though what they border on is a boundary', () => {
  const ignored = 255;
  const [truth, predicted] = [
    [0, 0, 0, ignored, ignored, 1, 1],
    [0, 0, 1, ignored, ignored, 1, 1],
  ];
  expect(trimap({ truth, predicted, ...ROW }, 3)).toEqual({ right: [1, 2, 1, 0], pixels: [2, 2, 1, 0] });
  expect(boundary({ truth, predicted, ...ROW }, 2, 1)).toEqual([
    { intersection: 2, union: 3 },
    { intersection: 2, union: 3 },
  ]);
});

test('a picture of one class has no trimap', () => {
  expect(trimapAccuracy(trimap({ truth: [1, 1], predicted: [1, 0], width: 2, height: 1 }, 2))).toEqual([
    Number.NaN,
    Number.NaN,
  ]);
});

describe('boundary IoU', () => {
  /** As in the authors' code: the mask within a frame of zeros, eroded d times by a 3x3 square, taken from the mask. */
  function bandOf(mask: readonly boolean[], width: number, height: number, times: number): boolean[] {
    let eroded = [...mask];
    for (let time = 0; time < times; time += 1)
      eroded = eroded.map((_, pixel) => {
        const [row, column] = [Math.floor(pixel / width), pixel % width];
        return [-1, 0, 1].every((down) =>
          [-1, 0, 1].every((right) => {
            const [y, x] = [row + down, column + right];
            return y >= 0 && x >= 0 && y < height && x < width && eroded[y * width + x];
          }),
        );
      });
    return mask.map((inside, pixel) => inside && !eroded[pixel]);
  }

  test.each([0.02, 0.05, 0.1])('is what eroding the masks gives, with bands of %d of the diagonal', (part) => {
    const random = createRandom(`blocks ${part}`);
    const [width, height] = [40, 30];
    const blocks = () => {
      const coarse = Array.from({ length: 12 }, () => random.integer(3));
      return Array.from({ length: width * height }, (_, pixel) => {
        return coarse[Math.floor(Math.floor(pixel / width) / 10) * 4 + Math.floor((pixel % width) / 10)];
      });
    };
    const truth = blocks();
    const predicted = truth.map((value, pixel) => (pixel % 40 < 12 ? value : (truth[pixel - 3] ?? value)));
    // The diagonal is 50, so 1, 2.5 and 5 pixels.
    const times = Math.round(part * 50);
    const counts = boundary({ truth, predicted, width, height }, 3, part);
    for (const each of [0, 1, 2]) {
      const [ofTruth, ofPrediction] = [truth, predicted].map((map) =>
        bandOf(
          map.map((value) => value === each),
          width,
          height,
          times,
        ),
      );
      const both = ofTruth.filter((inside, pixel) => inside && ofPrediction[pixel]).length;
      const either = ofTruth.filter((inside, pixel) => inside || ofPrediction[pixel]).length;
      expect(counts[each]).toEqual({ intersection: both, union: either });
    }
  });

  test('what is right inside and wrong at the edge scores low', () => {
    // A square of 10x10 predicted one pixel too small all round: IoU 64 / 100, and no pixel of the outermost ring.
    const size = { width: 20, height: 20 };
    const square = (margin: number) =>
      Array.from({ length: 400 }, (_, pixel) => {
        const [row, column] = [Math.floor(pixel / 20), pixel % 20];
        return Math.min(row, column) >= margin && Math.max(row, column) < 20 - margin ? 1 : 0;
      });
    // Bands one pixel wide: 36 pixels of the truth, 28 of the prediction, none in common.
    const [, inside] = boundary({ truth: square(5), predicted: square(6), ...size }, 2);
    expect(inside).toEqual({ intersection: 0, union: 64 });
    expect(boundaryIou(inside)).toBe(0);
  });

  test('a class that is nowhere has none', () => {
    const counts = boundary({ truth: [0, 0], predicted: [0, 0], width: 2, height: 1 }, 2);
    expect(counts.map(boundaryIou)).toEqual([1, Number.NaN]);
  });
});
