import type { Square } from '../data/picture';
import type { Experiment } from '../experiment/schema';

/** How a model that was trained on squares looks at a whole picture (`evaluation.window`). */
export type WindowOptions = Experiment['evaluation']['window'];

export const DEFAULT_WINDOW: WindowOptions = { side: null, overlap: 0.5 };

/**
 * The squares to look at, row by row: as few as cover the picture with at least that overlap between neighbours, spread
 * evenly from edge to edge.
 *
 * @param width of the picture
 * @param height of the picture
 * @param window its side in pixels of the picture, at most the picture's shorter side, which is also the default (the square
 *   that training saw, at the same scale), and the overlap as a share of the side, 0 to below 1
 */
export function slidingWindows(
  width: number,
  height: number,
  { side: wanted, overlap }: WindowOptions = DEFAULT_WINDOW,
): Square[] {
  const side = Math.min(wanted ?? width, width, height);
  return starts(height, side, overlap).flatMap((top) =>
    starts(width, side, overlap).map((left) => ({ left, top, width: side, height: side })),
  );
}

function starts(length: number, side: number, overlap: number): number[] {
  // Rounding must not ask for one window more than the exact quotient.
  const count = Math.ceil((length - side) / (side * (1 - overlap)) - 1e-9) + 1;
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - side)) / Math.max(1, count - 1)));
}
