import type { Sample } from '../prepare-scene';

/** Where a picture changes, and where its mask does: from each pixel to the one right of it, and to the one below it. */
export interface SceneEdges {
  width: number;
  height: number;
  /** How much the picture's brightness changes, as a multiple of what it does around there, [height, width] each. */
  changes: readonly Float32Array[];
  /** Pixels whose neighbour has another label, for each direction. */
  boundaries: readonly (readonly number[])[];
}

/** A picture's changes are set against those of the square that reaches so many pixels either way: leaves change more than a road. */
const AROUND = 6;
/** Share of the picture's mean that is added to that, so that noise in a plain sky is not taken for edges. */
const FLOOR = 0.1;

export function edgesOf({ image, labelIds, width }: Sample): SceneEdges {
  const height = labelIds.length / width;
  const luma = Float32Array.from(labelIds, (_, pixel) => {
    const place = pixel * 3;
    return 0.299 * image[place] + 0.587 * image[place + 1] + 0.114 * image[place + 2];
  });
  const directions = [
    { step: 1, hasNeighbour: (pixel: number) => pixel % width < width - 1 },
    { step: width, hasNeighbour: (pixel: number) => pixel < labelIds.length - width },
  ];
  return {
    width,
    height,
    changes: directions.map(({ step, hasNeighbour }) =>
      againstSurroundings(
        luma.map((value, pixel) => (hasNeighbour(pixel) ? Math.abs(luma[pixel + step] - value) : 0)),
        width,
      ),
    ),
    boundaries: directions.map(({ step, hasNeighbour }) =>
      [...labelIds.keys()].filter((pixel) => hasNeighbour(pixel) && labelIds[pixel + step] !== labelIds[pixel]),
    ),
  };
}

function againstSurroundings(changes: Float32Array, width: number): Float32Array {
  const height = changes.length / width;
  /** Of all that is above and left of a place, [height + 1, width + 1]. */
  const sums = new Float64Array((height + 1) * (width + 1));
  const place = (row: number, column: number) => row * (width + 1) + column;
  for (let row = 0; row < height; row += 1) {
    let sum = 0;
    for (let column = 0; column < width; column += 1) {
      sum += changes[row * width + column];
      sums[place(row + 1, column + 1)] = sums[place(row, column + 1)] + sum;
    }
  }
  const floor = (FLOOR * sums[place(height, width)]) / changes.length;
  return changes.map((value, pixel) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const [top, bottom] = [Math.max(0, row - AROUND), Math.min(height, row + AROUND + 1)];
    const [left, right] = [Math.max(0, column - AROUND), Math.min(width, column + AROUND + 1)];
    const sum =
      sums[place(bottom, right)] - sums[place(top, right)] - sums[place(bottom, left)] + sums[place(top, left)];
    return value / (sum / ((bottom - top) * (right - left)) + floor);
  });
}

/** Pixels at which a mask's label changes, counted for each direction. */
export function boundaryLength({ boundaries }: SceneEdges): number {
  return boundaries.reduce((sum, { length }) => sum + length, 0);
}

/**
 * How much more a picture changes across a mask's boundaries than around them: about 1 where they have nothing to do with
 * each other; NaN where no boundary falls on the picture, or nothing changes in it.
 *
 * @param mask whose boundaries are laid on the picture
 */
export function agreement(picture: SceneEdges, mask: SceneEdges): number {
  const [one, other] = sumsInHalves(picture, mask, [0, 0]);
  return (one.sum + other.sum) / (one.count + other.count);
}

export type Offset = readonly [right: number, down: number];

/** Side of the fields of a chessboard, whose black and white ones are the halves of a picture. */
const FIELD = 12;

function sumsInHalves({ changes, width, height }: SceneEdges, mask: SceneEdges, [right, down]: Offset) {
  const halves = [
    { sum: 0, count: 0 },
    { sum: 0, count: 0 },
  ];
  mask.boundaries.forEach((boundary, direction) => {
    for (const pixel of boundary) {
      const [row, column] = [Math.floor(pixel / mask.width), pixel % mask.width];
      const [movedRow, movedColumn] = [row + down, column + right];
      if (movedRow < 0 || movedRow >= height || movedColumn < 0 || movedColumn >= width) continue;
      const half = halves[(Math.floor(row / FIELD) + Math.floor(column / FIELD)) % 2];
      half.sum += changes[direction][movedRow * width + movedColumn];
      half.count += 1;
    }
  });
  return halves;
}

/**
 * Where, at most `reach` pixels either way, a mask agrees best with its picture: by all of its boundaries, and by each half
 * of them, which agree where a mask was moved and hardly ever by chance.
 */
export function bestOffset(
  edges: SceneEdges,
  reach: number,
): { offset: Offset; agreement: number; halves: readonly Offset[] } {
  const steps = Array.from({ length: 2 * reach + 1 }, (_, index) => index - reach);
  const tried = steps
    .flatMap((right) => steps.map((down): Offset => [right, down]))
    .map((offset) => {
      const [one, other] = sumsInHalves(edges, edges, offset);
      const all = { sum: one.sum + other.sum, count: one.count + other.count };
      return { offset, means: [all, one, other].map(({ sum, count }) => (count === 0 ? 0 : sum / count)) };
    });
  const [all, ...halves] = [0, 1, 2].map((part) =>
    tried.reduce((best, each) => (each.means[part] > best.means[part] ? each : best)),
  );
  return { offset: all.offset, agreement: all.means[0], halves: halves.map(({ offset }) => offset) };
}
