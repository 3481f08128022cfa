import type { Square } from '../data/picture';

/** How a model that was trained on squares looks at a whole picture (`evaluation.window`). */
export interface WindowOptions {
  /** Side of the square in pixels of the picture; null where `share` says it. */
  side: number | null;
  /** Side of the square as a share of the picture's shorter side, above 0 to 1. */
  share?: number;
  /** Share of the side that neighbours have in common at least, 0 to below 1. */
  overlap: number;
  /** The whole picture at once instead, at the scale at which such a square would be seen. */
  whole?: boolean;
}

export const DEFAULT_WINDOW: WindowOptions = { side: null, overlap: 0.5 };

/**
 * How many pixels of the network's input a pixel of the picture becomes.
 *
 * @param size side of the squares that the model was trained on
 */
export function windowScale(
  { width, height }: { width: number; height: number },
  window: WindowOptions,
  size: number,
): number {
  const side = sideOf(width, height, window);
  return size / (window.whole ? side : Math.min(side, width, height));
}

/** In pixels of the picture, which a square of so many may not fit into. */
function sideOf(width: number, height: number, { side, share = 1 }: WindowOptions): number {
  return side ?? Math.max(1, Math.round(share * Math.min(width, height)));
}

/**
 * The squares to look at, row by row, or the whole picture: as few as cover the picture with at least that overlap between neighbours, spread
 * evenly from edge to edge.
 *
 * @param width of the picture
 * @param height of the picture
 * @param window of at most the picture's shorter side, which is also the default (the square that training saw, at the same
 *   scale)
 */
export function slidingWindows(width: number, height: number, window: WindowOptions = DEFAULT_WINDOW): Square[] {
  if (window.whole) return [{ left: 0, top: 0, width, height }];
  const side = Math.min(sideOf(width, height, window), width, height);
  return starts(height, side, window.overlap).flatMap((top) =>
    starts(width, side, window.overlap).map((left) => ({ left, top, width: side, height: side })),
  );
}

function starts(length: number, side: number, overlap: number): number[] {
  // Rounding must not ask for one window more than the exact quotient.
  const count = Math.ceil((length - side) / (side * (1 - overlap)) - 1e-9) + 1;
  return Array.from({ length: count }, (_, index) => Math.round((index * (length - side)) / Math.max(1, count - 1)));
}

/** Rows of a picture, or columns, that the same windows cover. */
export interface Span {
  /** The first one. */
  from: number;
  /** Behind the last one. */
  to: number;
  /** Those that cover all of the span, in their order. */
  windows: readonly Square[];
}

/**
 * Cuts rows where a window begins or ends, so that within a span the same windows cover every row.
 *
 * @param longest a span that has more rows is cut into equal parts
 */
export function rowSpans(windows: readonly Square[], longest: number): Span[] {
  return spans(windows, ({ top, height }) => [top, top + height]).flatMap(({ from, to, windows: covering }) => {
    const count = Math.ceil((to - from) / longest);
    const edge = (index: number) => from + Math.round((index * (to - from)) / count);
    return Array.from({ length: count }, (_, index) => ({
      from: edge(index),
      to: edge(index + 1),
      windows: covering,
    }));
  });
}

/** As {@link rowSpans}, of columns. */
export function columnSpans(windows: readonly Square[]): Span[] {
  return spans(windows, ({ left, width }) => [left, left + width]);
}

function spans(windows: readonly Square[], extent: (window: Square) => [number, number]): Span[] {
  const edges = [...new Set(windows.flatMap(extent))].sort((a, b) => a - b);
  return edges.slice(1).map((to, index) => {
    const from = edges[index];
    const covers = (window: Square) => extent(window)[0] <= from && to <= extent(window)[1];
    return { from, to, windows: windows.filter(covers) };
  });
}
