import sharp from 'sharp';
import { writeFile } from '../../files/write-file';
import { escapeHtml } from '../../html';
import { type ImageGrid, renderImageGrid } from '../drawing/image-grid';
import type { RgbImage } from '../drawing/rgb-image';
import type { Swatch } from '../drawing/svg-drawing';
import { show } from './show';

/**
 * Shows pictures as the output of a cell: as a table of them, whose words have the reader's font and colours and each of
 * which has its alternative text, and as one PNG for readers that show no HTML.
 *
 * @param file where the PNG is written, too
 * @returns the PNG
 */
export async function showPictures(grid: ImageGrid, file?: string): Promise<Buffer> {
  const bundle = await picturesBundle(grid);
  const png = Buffer.from(bundle['image/png'], 'base64');
  if (file !== undefined) writeFile(file, png);
  show(bundle);
  return png;
}

/** What {@link showPictures} shows; an object may return it to be shown as the value of a cell. */
export async function picturesBundle(
  grid: ImageGrid,
): Promise<Record<'text/html' | 'image/png' | 'text/plain', string>> {
  const [html, png] = await Promise.all([picturesHtml(grid), renderImageGrid(grid)]);
  return { 'text/html': html, 'image/png': png.toString('base64'), 'text/plain': grid.description };
}

/** @returns HTML that carries the pictures and follows the reader's theme */
export async function picturesHtml({
  description,
  columns,
  rows,
  legends,
  cellWidth = 256,
}: ImageGrid): Promise<string> {
  const left = 'style="text-align:left;vertical-align:bottom;background:none"';
  const hasTitles = columns.some(({ title, subtitle }) => title !== '' || subtitle);
  const head = columns.map(({ title, subtitle }) => {
    const second = subtitle ? `<br><small>${escapeHtml(subtitle)}</small>` : '';
    return `<th scope="col" ${left}>${escapeHtml(title)}${second}</th>`;
  });
  const body = rows.map(async ({ title, cells }) => {
    const pictures = cells.map(async ({ image, note }, column) => {
      const { title: what, subtitle } = columnNamed(columns, column);
      const alternative = [[what, subtitle].filter(Boolean).join(', '), title].filter((part) => part !== '').join(': ');
      const below = note ? `<br><small>${escapeHtml(note)}</small>` : '';
      return `<td ${left}>${await imgHtml(image, note ? `${alternative}, ${note}` : alternative, cellWidth)}${below}</td>`;
    });
    const name = title
      ? `<tr style="background:none"><td ${left} colspan="${columns.length}"><small>${escapeHtml(title)}</small></td></tr>\n`
      : '';
    return `${name}<tr style="background:none">${(await Promise.all(pictures)).join('')}</tr>`;
  });
  return `<table aria-label="${escapeHtml(description)}">
${hasTitles ? `<thead><tr>${head.join('')}</tr></thead>\n` : ''}<tbody>
${(await Promise.all(body)).join('\n')}
</tbody></table>
${legends.map(legendHtml).join('\n')}`;
}

/** A title runs on over the columns behind it that have none. */
function columnNamed(columns: ImageGrid['columns'], column: number): ImageGrid['columns'][number] {
  const titled = columns
    .slice(0, column + 1)
    .filter(({ title }) => title !== '')
    .at(-1);
  return { ...columns[column], title: titled?.title ?? '' };
}

async function imgHtml({ width, height, pixels }: RgbImage, alternative: string, shownWidth: number): Promise<string> {
  const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  const factor = Math.max(1, Math.round(shownWidth / width));
  const size = `width="${width * factor}" height="${height * factor}"`;
  return `<img ${size} alt="${escapeHtml(alternative)}" src="data:image/png;base64,${png.toString('base64')}" style="image-rendering:pixelated">`;
}

function legendHtml(entries: readonly Swatch[]): string {
  const items = entries.map(
    ({ label, color }) =>
      `<span style="white-space:nowrap"><span style="display:inline-block;width:.85em;height:.85em;border:1px solid #8886;background:${color}"></span> ${escapeHtml(label)}</span>`,
  );
  return `<p>${items.join(' &ensp;')}</p>`;
}
