import sharp, { type OverlayOptions } from 'sharp';
import { fitText } from './fonts';
import type { RgbImage } from './rgb-image';
import { type Swatch, svgDocument, svgLegend, svgText } from './svg-drawing';

/** Pictures in rows and columns, with captions and a legend. */
export interface ImageGrid {
  /** Alternative text. */
  description: string;
  columns: readonly { title: string; subtitle?: string }[];
  rows: readonly { title: string; cells: readonly { image: RgbImage; note?: string }[] }[];
  /** Legends below, each beginning on a line of its own. */
  legends: readonly (readonly Swatch[])[];
  /** About how wide a picture is shown, in layout pixels. */
  cellWidth?: number;
}

/** Device pixels for each of the layout's, so that text is crisp. */
const SCALE = 2;
const GAP = 12;
const SIDE = 20;
const MUTED = '#5b6270';

/**
 * @returns a PNG. Each picture is enlarged by a whole factor, nearest pixel, to about `cellWidth`, so that every pixel of
 * the data is a sharp square; pictures that are larger already stay as they are. All pictures have the size of the first.
 * @throws RangeError when there is no picture
 */
export async function renderImageGrid({
  description,
  columns,
  rows,
  legends,
  cellWidth = 256,
}: ImageGrid): Promise<Buffer> {
  if (rows.length === 0 || rows[0].cells.length === 0) throw new RangeError(`${description}: no picture to show`);
  const { width: imageWidth, height: imageHeight } = rows[0].cells[0].image;
  const factor = Math.max(1, Math.round((cellWidth * SCALE) / imageWidth));
  const cell = { width: (imageWidth * factor) / SCALE, height: (imageHeight * factor) / SCALE };
  const contentWidth = columns.length * (cell.width + GAP) - GAP;
  const body: string[] = [];
  const pictures: Promise<OverlayOptions>[] = [];

  const left = (column: number) => SIDE + column * (cell.width + GAP);
  const hasSubtitles = columns.some(({ subtitle }) => subtitle);
  columns.forEach(({ title, subtitle }, column) => {
    // A title may run on over the columns without one.
    const next = columns.findIndex((other, index) => index > column && other.title !== '');
    const room = ((next < 0 ? columns.length : next) - column) * (cell.width + GAP) - GAP;
    body.push(svgText(fitText(title, room, 14, 600), left(column), 30, { size: 14, weight: 600 }));
    if (subtitle) body.push(svgText(fitText(subtitle, cell.width, 13), left(column), 49, { fill: MUTED }));
  });

  let top = hasSubtitles ? 58 : columns.some(({ title }) => title) ? 40 : SIDE;
  for (const { title, cells } of rows) {
    if (title) {
      body.push(svgText(fitText(title, contentWidth, 12), SIDE, top + 13, { size: 12, fill: MUTED }));
      top += 20;
    }
    cells.forEach(({ image, note }, column) => {
      pictures.push(enlarged(image, factor, left(column) * SCALE, top * SCALE));
      if (note) body.push(svgText(note, left(column), top + cell.height + 17, { size: 12, fill: MUTED }));
    });
    top += cell.height + (cells.some(({ note }) => note) ? 24 : 8) + 8;
  }
  for (const legend of legends) {
    const drawn = svgLegend(legend, SIDE, top, contentWidth);
    body.push(...drawn.body);
    top += drawn.height;
  }

  const paper = svgDocument(contentWidth + 2 * SIDE, top + 14, description, body);
  return sharp(Buffer.from(paper), { density: 72 * SCALE })
    .flatten({ background: '#ffffff' })
    .composite(await Promise.all(pictures))
    .png({ compressionLevel: 9 })
    .toBuffer();
}

async function enlarged(
  { width, height, pixels }: RgbImage,
  factor: number,
  left: number,
  top: number,
): Promise<OverlayOptions> {
  const input = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .resize(width * factor, height * factor, { kernel: 'nearest', fit: 'fill' })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { input, left: Math.round(left), top: Math.round(top) };
}
