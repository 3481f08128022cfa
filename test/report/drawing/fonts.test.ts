import { expect, test } from 'bun:test';
import { fitText, textOutline, textWidth, wrapText } from '../../../src/report/drawing/fonts';
import { plotlyWindow } from '../../../src/report/drawing/plotly-window';
import { outlineText, textBox } from '../../../src/report/drawing/svg-text';

test('widths come from the font: Inter’s zero is 1292 of 2048 units', () => {
  expect(textWidth('0', 2048)).toBe(1292);
  expect(textWidth('00', 1024)).toBe(1292);
  expect(textWidth('Pixel', 16, 600)).toBeGreaterThan(textWidth('Pixel', 16));
});

test('characters that Inter lacks are drawn too, each a little different', () => {
  const outlines = [...'→ΔЖ≥'].map((character) => textOutline(character, 0, 0, 20));
  expect(new Set(outlines).size).toBe(4);
  for (const outline of outlines) expect(outline.length).toBeGreaterThan(20);
});

test('text is cut to a width', () => {
  expect(fitText('short', 1000, 13)).toBe('short');
  const cut = fitText('a label that is far too long', 60, 13);
  expect(cut).toEndWith('…');
  expect(textWidth(cut, 13)).toBeLessThanOrEqual(60);
});

test('text is broken into lines at blanks; a word that is too long stays whole', () => {
  const width = textWidth('two words', 13);
  expect(wrapText('two words incomprehensibilities more', width, 13)).toEqual([
    'two words',
    'incomprehensibilities',
    'more',
  ]);
  expect(wrapText('', width, 13)).toEqual(['']);
});

test('a line is measured and outlined where SVG puts it: anchor, second line, transform', () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><g transform="translate(100,50)">
    <text text-anchor="end" style="font-size:2048px"><tspan x="10" dy="0em">0</tspan><tspan x="10" dy="1em">00</tspan></text>
  </g></svg>`;
  const document = plotlyWindow().parseSvg(svg);
  const box = textBox(document.documentElement);
  // Anchored at its end: both lines end at 10 + 100; the longer one starts two zeros before.
  expect(box?.right).toBeCloseTo(110, 6);
  expect(box?.left).toBeCloseTo(110 - 2 * 1292, 6);
  // The first base line is at 50; Inter reaches 1984 above it, and 494 below the second, one em further down.
  expect(box?.top).toBeCloseTo(50 - 1984, 6);
  expect(box?.bottom).toBeCloseTo(50 + 2048 + 494, 6);
  outlineText(document);
  expect(document.querySelector('text')).toBeNull();
  expect(document.querySelector('[aria-label="000"]')?.querySelectorAll('path')).toHaveLength(2);
});
