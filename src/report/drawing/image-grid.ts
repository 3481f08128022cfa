import sharp, { type OverlayOptions } from 'sharp';
import type { Html } from '../../html';
import { fitText } from './fonts';
import { imagePng, type RgbImage } from './rgb-image';
import { type Swatch, svgDocument, svgLegend, svgText } from './svg-drawing';

export interface GridCell {
  image: RgbImage;
  /** Shown below. */
  note?: string;
  /** Alternative text, where the titles of column and row do not say what the picture is. */
  alternative?: string;
}

/** Pictures in rows and columns, with captions and a legend. */
export interface ImageGrid {
  /** Alternative text. */
  description: string;
  columns: readonly { title: string; subtitle?: string }[];
  rows: readonly { title: string; cells: readonly GridCell[] }[];
  /** Legends below, each beginning on a line of its own. */
  legends: readonly (readonly Swatch[])[];
  /** About how wide a picture is shown, in layout pixels; or how high. */
  cellWidth?: number;
  cellHeight?: number;
  /** Whether pictures that are larger are made smaller. */
  shrink?: boolean;
}

/**
 * How large a picture of a grid is shown, in layout pixels: enlarged by a whole factor, so that every pixel of the data is a
 * sharp square, or made smaller by any.
 *
 * @param scale device pixels for each of the layout's
 */
export function shownSize(
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  { cellWidth = 256, cellHeight, shrink = false }: Pick<ImageGrid, 'cellWidth' | 'cellHeight' | 'shrink'>,
  scale: number,
): { width: number; height: number } {
  const exact = (scale * (cellHeight ?? cellWidth)) / (cellHeight ? height : width);
  const factor = shrink && exact < 1 ? exact : Math.max(1, Math.round(exact));
  return { width: Math.round(width * factor) / scale, height: Math.round(height * factor) / scale };
}

/** Device pixels for each of the layout's, so that text is crisp. */
const SCALE = 2;
const GAP = 12;
const SIDE = 20;
const MUTED = '#5b6270';

/**
 * @returns a PNG, its pictures as large as {@link shownSize} says
 * @throws RangeError when there is no picture
 */
export async function renderImageGrid({ description, columns, rows, legends, ...size }: ImageGrid): Promise<Buffer> {
  if (rows.length === 0 || rows[0].cells.length === 0) throw new RangeError(`${description}: no picture to show`);
  const widths = columns.map((_, column) =>
    Math.max(...rows.map(({ cells }) => (cells[column] ? shownSize(cells[column].image, size, SCALE).width : 0))),
  );
  const left = (column: number) => SIDE + widths.slice(0, column).reduce((sum, width) => sum + width + GAP, 0);
  const contentWidth = left(columns.length) - GAP - SIDE;
  const body: Html[] = [];
  const pictures: Promise<OverlayOptions>[] = [];

  const hasSubtitles = columns.some(({ subtitle }) => subtitle);
  columns.forEach(({ title, subtitle }, column) => {
    // A title may run on over the columns without one.
    const next = columns.findIndex((other, index) => index > column && other.title !== '');
    const room = left(next < 0 ? columns.length : next) - left(column) - GAP;
    body.push(svgText(fitText(title, room, 14, 600), left(column), 30, { size: 14, weight: 600 }));
    if (subtitle) body.push(svgText(fitText(subtitle, widths[column], 13), left(column), 49, { fill: MUTED }));
  });

  let top = hasSubtitles ? 58 : columns.some(({ title }) => title) ? 40 : SIDE;
  for (const { title, cells } of rows) {
    if (title) {
      body.push(svgText(fitText(title, contentWidth, 12), SIDE, top + 13, { size: 12, fill: MUTED }));
      top += 20;
    }
    const sizes = cells.map(({ image }) => shownSize(image, size, SCALE));
    const rowHeight = Math.max(...sizes.map(({ height }) => height));
    cells.forEach(({ image, note }, column) => {
      pictures.push(resized(image, sizes[column], left(column), top));
      if (note) body.push(svgText(note, left(column), top + rowHeight + 17, { size: 12, fill: MUTED }));
    });
    top += rowHeight + (cells.some(({ note }) => note) ? 24 : 8) + 8;
  }
  for (const legend of legends) {
    const drawn = svgLegend(legend, SIDE, top, contentWidth);
    body.push(...drawn.body);
    top += drawn.height;
  }

  const { svg } = svgDocument(contentWidth + 2 * SIDE, top + 14, description, body);
  return sharp(Buffer.from(svg), { density: 72 * SCALE })
    .flatten({ background: '#ffffff' })
    .composite(await Promise.all(pictures))
    .png()
    .toBuffer();
}

/** @param size in layout pixels, as all places */
async function resized(
  image: RgbImage,
  size: { width: number; height: number },
  left: number,
  top: number,
): Promise<OverlayOptions> {
  const input = await imagePng(image, { width: size.width * SCALE, height: size.height * SCALE }, 1);
  return { input, left: Math.round(left * SCALE), top: Math.round(top * SCALE) };
}
