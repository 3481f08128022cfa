import { type Html, html, joinHtml } from '../../html';
import { textOutline, textWidth, type Weight } from './fonts';

/** Small pieces of SVG for pictures that Plotly does not draw; text becomes outlines at once. */

export interface TextStyle {
  size?: number;
  weight?: Weight;
  fill?: string;
  anchor?: 'start' | 'middle' | 'end';
}

/** @returns a line of text whose base line starts, is centred or ends at (x, y). */
export function svgText(
  text: string,
  x: number,
  y: number,
  { size = 13, weight = 400, fill = '#1f2430', anchor = 'start' }: TextStyle = {},
): Html {
  const width = textWidth(text, size, weight);
  const left = anchor === 'middle' ? x - width / 2 : anchor === 'end' ? x - width : x;
  return html`<path aria-label="${text}" fill="${fill}" d="${textOutline(text, left, y, size, weight)}"/>`;
}

/** @returns a filled rectangle, with a thin edge so that light colours show on white. */
export function svgSwatch(x: number, y: number, width: number, height: number, fill: string, radius = 2): Html {
  return html`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}" stroke="#00000033" stroke-width="0.75"/>`;
}

/** An SVG document, and what has to be known where it is shown. */
export interface SvgDrawing {
  svg: string;
  /** In pixels. */
  width: number;
  /** Alternative text. */
  description: string;
}

/** @returns a document of that size on white paper. */
export function svgDocument(width: number, height: number, description: string, body: readonly Html[]): SvgDrawing {
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${description}">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${joinHtml(body)}
</svg>
`;
  return { svg: String(svg), width, description };
}

/** An entry of a legend. */
export interface Swatch {
  label: string;
  color: string;
}

const ENTRY_GAP = 18;
const SWATCH = 13;
const LEGEND_LINE_HEIGHT = 22;

/** @returns entries set from left to right and wrapped at `width`, from (x, y) as the top left corner, and the height used. */
export function svgLegend(
  entries: readonly Swatch[],
  x: number,
  y: number,
  width: number,
): { body: Html[]; height: number } {
  const body: Html[] = [];
  let left = x;
  let top = y;
  for (const { label, color } of entries) {
    const entryWidth = SWATCH + 6 + textWidth(label, 13);
    if (left > x && left + entryWidth > x + width) {
      left = x;
      top += LEGEND_LINE_HEIGHT;
    }
    body.push(svgSwatch(left, top + 4, SWATCH, SWATCH, color), svgText(label, left + SWATCH + 6, top + 15));
    left += entryWidth + ENTRY_GAP;
  }
  return { body, height: entries.length > 0 ? top - y + LEGEND_LINE_HEIGHT : 0 };
}
