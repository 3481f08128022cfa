import { IGNORED } from '../data/classes/class-set';

/** Width and height of a map, in pixels. */
export interface MapSize {
  width: number;
  height: number;
}

/**
 * How far each pixel is from the nearest one of another value: 1 beside a boundary, and on both sides of it. Distances are
 * the chessboard's (a step to any of the eight neighbours is 1), which is what repeated 3x3 dilation measures.
 *
 * @param values [height, width]
 * @returns [height, width]; Infinity where there is no boundary
 */
export function distanceToBoundary(values: ArrayLike<number>, { width, height }: MapSize): Float64Array {
  // A frame one pixel wide around the picture, so that every pixel has its eight neighbours.
  const stride = width + 2;
  const framed = new Int32Array(stride * (height + 2)).fill(FAR);
  const differ = (pixel: number, neighbour: number, place: number, neighbourPlace: number) => {
    if (values[pixel] === values[neighbour]) return;
    framed[place] = 1;
    framed[neighbourPlace] = 1;
  };
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const pixel = row * width + column;
      const place = (row + 1) * stride + column + 1;
      if (column + 1 < width) differ(pixel, pixel + 1, place, place + 1);
      if (row + 1 === height) continue;
      if (column > 0) differ(pixel, pixel + width - 1, place, place + stride - 1);
      differ(pixel, pixel + width, place, place + stride);
      if (column + 1 < width) differ(pixel, pixel + width + 1, place, place + stride + 1);
    }
  // Twice over the picture, forth and back, is exact for this distance (Rosenfeld and Pfaltz 1966).
  relax(framed, { width, height, step: 1 });
  relax(framed, { width, height, step: -1 });
  const distances = new Float64Array(width * height);
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const distance = framed[(row + 1) * stride + column + 1];
      distances[row * width + column] = distance < FAR ? distance : Number.POSITIVE_INFINITY;
    }
  return distances;
}

/** Beyond every distance; as many steps more fit into 32 bits. */
const FAR = 2 ** 30;

/** One pass in that direction: no pixel is farther than a step more than the four neighbours passed before it. */
function relax(framed: Int32Array, { width, height, step }: MapSize & { step: 1 | -1 }): void {
  const stride = width + 2;
  const first = step > 0 ? stride + 1 : height * stride + width;
  for (let row = 0; row < height; row += 1) {
    const start = first + step * row * stride;
    for (let column = 0; column < width; column += 1) {
      const place = start + step * column;
      const before = place - step * stride;
      const least = Math.min(framed[place - step], framed[before - 1], framed[before], framed[before + 1]) + 1;
      if (least < framed[place]) framed[place] = least;
    }
  }
}

/** Right and all pixels by their distance from the nearest boundary of the truth; sums of scenes are those of a set. */
export interface TrimapCounts {
  /** `right[d - 1]`: of the pixels at distance d, those predicted rightly; the last entry holds all farther ones. */
  right: number[];
  pixels: number[];
}

/** A scene's truth beside what was predicted for it. */
export interface MapPair extends MapSize {
  /** True class of each pixel, [height, width]; where it is `IGNORED`, pixels do not count. */
  truth: ArrayLike<number>;
  /** Predicted class of each pixel, [height, width]. */
  predicted: ArrayLike<number>;
}

/**
 * Counts for the accuracy near boundaries.
 *
 * @param distances of the truth, see {@link distanceToBoundary}
 * @param farthest distance that is told apart, in pixels
 */
export function trimapCounts({ truth, predicted }: MapPair, distances: Float64Array, farthest = 16): TrimapCounts {
  const right = new Array<number>(farthest + 1).fill(0);
  const pixels = new Array<number>(farthest + 1).fill(0);
  for (let pixel = 0; pixel < truth.length; pixel += 1) {
    if (truth[pixel] === IGNORED) continue;
    const place = Math.min(distances[pixel], farthest + 1) - 1;
    pixels[place] += 1;
    if (truth[pixel] === predicted[pixel]) right[place] += 1;
  }
  return { right, pixels };
}

/**
 * Accuracy of the pixels no farther from a boundary than each distance (a trimap: Kohli, Ladický and Torr 2009).
 *
 * @returns `[d - 1]` for each distance d; NaN where there is no boundary
 */
export function trimapAccuracy({ right, pixels }: TrimapCounts): number[] {
  let [rightSoFar, pixelsSoFar] = [0, 0];
  return right.slice(0, -1).map((count, index) => {
    rightSoFar += count;
    pixelsSoFar += pixels[index];
    return rightSoFar / pixelsSoFar;
  });
}

/** Of one class, over scenes: pixels of both boundary bands, and of either. */
export interface BoundaryCounts {
  intersection: number;
  union: number;
}

/** How wide a band is, as a part of the picture's diagonal: as in Cheng et al. 2021 for all but Cityscapes, which has 0.005. */
const BOUNDARY_PART = 0.02;

/**
 * Counts for boundary IoU (Cheng, Girshick, Dollár, Berg and Kirillov 2021): of truth and prediction, only the pixels of a
 * class no farther than d from the edge of its own mask. As in the authors' code the picture's edge is an edge of the mask,
 * and d is `part` of the diagonal, rounded, at least 1.
 *
 * @param distances of the truth, see {@link distanceToBoundary}
 * @returns one for each class; sums of scenes give the IoU of a set
 */
export function boundaryCounts(
  { truth, predicted, width, height }: MapPair,
  distances: Float64Array,
  classes: number,
  part = BOUNDARY_PART,
): BoundaryCounts[] {
  const band = Math.max(1, Math.round(part * Math.hypot(width, height)));
  // The distance to another class is, for the pixels of a class, the distance to the outside of its mask.
  const predictedDistances = distanceToBoundary(predicted, { width, height });
  const counts = Array.from({ length: classes }, (): BoundaryCounts => ({ intersection: 0, union: 0 }));
  for (let pixel = 0; pixel < truth.length; pixel += 1) {
    if (truth[pixel] === IGNORED) continue;
    const row = Math.floor(pixel / width);
    const column = pixel - row * width;
    const atEdge = Math.min(row, column, height - 1 - row, width - 1 - column) < band;
    const inTruth = atEdge || distances[pixel] <= band;
    const inPrediction = atEdge || predictedDistances[pixel] <= band;
    const same = truth[pixel] === predicted[pixel];
    if (inTruth) counts[truth[pixel]].union += 1;
    if (inPrediction && !(inTruth && same)) counts[predicted[pixel]].union += 1;
    if (inTruth && inPrediction && same) counts[truth[pixel]].intersection += 1;
  }
  return counts;
}

/** @returns 0 to 1; NaN for a class that neither truth nor prediction holds */
export function boundaryIou({ intersection, union }: BoundaryCounts): number {
  return intersection / union;
}
