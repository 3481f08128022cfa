import { readFileSync } from 'node:fs';
import { type Font, type Glyph, parse } from 'opentype.js';

/**
 * The fonts of every figure, read from packages and never from the system, so that a picture is the same on any machine.
 * Inter (SIL Open Font License) draws the text; DejaVu Sans has the characters that Inter's Latin file lacks (arrows,
 * Greek, Cyrillic, mathematics).
 */
export type Weight = 400 | 600;

const interFile = (weight: Weight, ending: 'woff' | 'woff2') =>
  require.resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.${ending}`);

/** The files of a weight, the first that has a character for it. */
function filesOf(weight: Weight): string[] {
  const dejaVu = weight === 600 ? 'DejaVuSans-Bold.ttf' : 'DejaVuSans.ttf';
  return [interFile(weight, 'woff'), require.resolve(`dejavu-fonts-ttf/ttf/${dejaVu}`)];
}

/** What figures ask for; a browser without Inter falls back to its own. */
export const FONT_FAMILY = 'Inter, system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

const loaded = new Map<string, Font>();

function font(file: string): Font {
  let found = loaded.get(file);
  if (!found) {
    const bytes = readFileSync(file);
    found = parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
    loaded.set(file, found);
  }
  return found;
}

interface PlacedGlyph {
  glyph: Glyph;
  x: number;
}

/** Glyphs from left to right and the width of all; each comes from the first font that has it. */
function place(text: string, size: number, weight: Weight): { glyphs: PlacedGlyph[]; width: number } {
  const files = filesOf(weight);
  const glyphs: PlacedGlyph[] = [];
  let width = 0;
  for (const character of text) {
    // Plotly puts zero-width spaces around superscripts.
    if (character === '\u200b') continue;
    const file = files.find((candidate) => font(candidate).charToGlyphIndex(character) > 0) ?? files[0];
    const glyph = font(file).charToGlyph(character === '\u00a0' ? ' ' : character);
    glyphs.push({ glyph, x: width });
    width += ((glyph.advanceWidth ?? 0) * size) / font(file).unitsPerEm;
  }
  return { glyphs, width };
}

/** @returns the width of a line of text in pixels, at `size` pixels an em. */
export function textWidth(text: string, size: number, weight: Weight = 400): number {
  return place(text, size, weight).width;
}

/** @returns how far a line of text reaches above and below its base line, in pixels, as browsers measure it. */
export function textExtent(size: number, weight: Weight = 400): { ascent: number; descent: number } {
  const { ascender, descender, unitsPerEm } = font(filesOf(weight)[0]);
  return { ascent: (ascender * size) / unitsPerEm, descent: (-descender * size) / unitsPerEm };
}

/** @returns the outline of a line of text as SVG path data, starting at (x, y) on its base line; '' for blanks. */
export function textOutline(text: string, x: number, y: number, size: number, weight: Weight = 400): string {
  return place(text, size, weight)
    .glyphs.map(({ glyph, x: offset }) => glyph.getPath(x + offset, y, size).toPathData(2))
    .join('');
}

/** @returns the longest beginning of `text` that fits `width` pixels, ended by an ellipsis where it was cut. */
export function fitText(text: string, width: number, size: number, weight: Weight = 400): string {
  if (textWidth(text, size, weight) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, weight) > width) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** @returns the text in lines of at most `width` pixels, broken at blanks; a single word may be wider. */
export function wrapText(text: string, width: number, size: number): string[] {
  const [first, ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const longer = `${lines[lines.length - 1]} ${word}`;
    if (textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** @returns CSS that embeds Inter in a page, so that a page read off line looks as designed. */
export function fontFaceCss(): string {
  return ([400, 600] as const)
    .map((weight) => {
      const source = `data:font/woff2;base64,${readFileSync(interFile(weight, 'woff2')).toString('base64')}`;
      return `@font-face{font-family:Inter;font-weight:${weight};font-display:swap;src:url(${source}) format("woff2")}`;
    })
    .join('\n');
}
