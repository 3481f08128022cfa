import { writeFile } from '../../files/write-file';
import { type Html, html, joinHtml } from '../../html';
import { type ImageGrid, renderImageGrid, shownSize } from '../drawing/image-grid';
import { imagePng, type RgbImage } from '../drawing/rgb-image';
import type { Swatch } from '../drawing/svg-drawing';
import { pictureBundle, show } from './show';

/**
 * Shows pictures as the output of a cell: as a table of them, whose words have the reader's font and colours and each of
 * which has its alternative text, and as one PNG for readers that show no HTML.
 *
 * @param file where the PNG is written, too
 */
export async function showPictures(grid: ImageGrid, file?: string): Promise<void> {
  const bundle = await picturesBundle(grid);
  if (file !== undefined) writeFile(file, Buffer.from(bundle['image/png'], 'base64'));
  show(bundle);
}

/** What {@link showPictures} shows; an object may return it to be shown as the value of a cell. */
export async function picturesBundle(grid: ImageGrid): Promise<ReturnType<typeof pictureBundle>> {
  const [pictures, png] = await Promise.all([picturesHtml(grid), renderImageGrid(grid)]);
  return pictureBundle(pictures, png, grid.description);
}

/** @returns HTML that carries the pictures, is no wider than its cell and follows the reader's theme */
export async function picturesHtml({ description, columns, rows, legends, ...size }: ImageGrid): Promise<Html> {
  const left = html`style="text-align:left;vertical-align:top;background:none"`;
  const widths = rows[0]?.cells.map(({ image }) => shownSize(image, size, 1).width) ?? [];
  const share = (width: number) => `${((100 * width) / widths.reduce((sum, each) => sum + each, 0)).toFixed(1)}%`;
  const hasTitles = columns.some(({ title, subtitle }) => title !== '' || subtitle);
  const head = columns.map(({ title, subtitle }) => {
    return html`<th scope="col" ${left}>${title}${subtitle && html`<br><small>${subtitle}</small>`}</th>`;
  });
  const body = rows.map(async ({ title, cells }) => {
    const pictures = cells.map(async ({ image, note, alternative }, column) => {
      const { title: what, subtitle } = columnNamed(columns, column);
      const titles = [[what, subtitle].filter(Boolean).join(', '), title].filter(Boolean).join(': ');
      const words = [alternative ?? titles, note].filter(Boolean).join(', ');
      const below = note && html`<br><small>${note}</small>`;
      return html`<td ${left}>${await imgHtml(image, words, shownSize(image, size, 1))}${below}</td>`;
    });
    const name =
      title &&
      html`<tr style="background:none"><td ${left} colspan="${columns.length}"><small>${title}</small></td></tr>\n`;
    return html`${name}<tr style="background:none">${await Promise.all(pictures)}</tr>`;
  });
  return html`<table aria-label="${description}">
<colgroup>${widths.map((width) => html`<col style="width:${share(width)}">`)}</colgroup>
${hasTitles && html`<thead><tr>${head}</tr></thead>\n`}<tbody>
${joinHtml(await Promise.all(body))}
</tbody></table>
${joinHtml(legends.map(legendHtml))}`;
}

/** A title runs on over the columns behind it that have none. */
function columnNamed(columns: ImageGrid['columns'], column: number): ImageGrid['columns'][number] {
  const titled = columns
    .slice(0, column + 1)
    .filter(({ title }) => title !== '')
    .at(-1);
  return { ...columns[column], title: titled?.title ?? '' };
}

async function imgHtml(image: RgbImage, alternative: string, shown: { width: number; height: number }): Promise<Html> {
  // A notebook need not carry more than screens show.
  const most = { width: 2 * shown.width, height: 2 * shown.height };
  const png = await imagePng(image, most.width < image.width ? most : image);
  const rendering = shown.width < image.width && !image.ofClasses ? 'auto' : 'pixelated';
  return html`<img width="${shown.width}" height="${shown.height}" alt="${alternative}" src="data:image/png;base64,${png.toString('base64')}" style="max-width:100%;height:auto;image-rendering:${rendering}">`;
}

function legendHtml(entries: readonly Swatch[]): Html {
  const items = entries.map(
    ({ label, color }) =>
      html`<span style="white-space:nowrap"><span style="display:inline-block;width:.85em;height:.85em;border:1px solid #8886;background:${color}"></span> ${label}</span>`,
  );
  return html`<p>${joinHtml(items, html` &ensp;`)}</p>`;
}
