import path from 'node:path';
import { writeFile } from '../../files/write-file';
import { GROUP_COLORS, GROUP_NAMES, type GroupName, LABELS, type Label } from '../../labels';
import { textWidth } from '../drawing/fonts';
import { svgToPng } from '../drawing/render-figure';
import { svgDocument, svgSwatch, svgText } from '../drawing/svg-drawing';
import { escapeHtml } from '../page/html';
import { cssColor, MUTED_INK } from './figure';

/** The reduction of Cityscapes' labels to groups, as a picture and as a table for pages. */

const TITLE = `${LABELS.length} Cityscapes labels in ${GROUP_NAMES.length} groups`;
const NOTE = '* left out of the official evaluation';

const WIDTH = 860;
const SIDE = 24;
const LABELS_LEFT = 190;
const LINE = 26;

/** @returns the labels of a group, in the order of their ids. */
export function labelsOf(group: GroupName): readonly Label[] {
  return LABELS.filter((label) => label.group === group);
}

/** @returns one row a group: its colour, index and name, then its labels in their own colours. */
export function classReductionSvg(): string {
  const body = [
    svgText(TITLE, SIDE, 36, { size: 18, weight: 600 }),
    svgText('The group’s index is its class in the model’s output', SIDE, 58, { fill: MUTED_INK }),
  ];
  let top = 80;
  GROUP_NAMES.forEach((group, index) => {
    body.push(`<line x1="${SIDE}" x2="${WIDTH - SIDE}" y1="${top}" y2="${top}" stroke="#e6e8ee"/>`);
    top += 8;
    body.push(
      svgSwatch(SIDE, top + 3, 20, 20, cssColor(GROUP_COLORS[group]), 4),
      svgText(String(index), SIDE + 32, top + 18, { fill: MUTED_INK }),
      svgText(group, SIDE + 50, top + 18, { size: 15, weight: 600 }),
    );
    let left = LABELS_LEFT;
    for (const label of labelsOf(group)) {
      const name = starred(label);
      const width = 13 + 6 + textWidth(name, 13) + 18;
      if (left + width - 18 > WIDTH - SIDE) {
        left = LABELS_LEFT;
        top += LINE;
      }
      body.push(
        svgSwatch(left, top + 7, 13, 13, cssColor(label.color)),
        svgText(name, left + 19, top + 18, { fill: label.ignoreInEvaluation ? MUTED_INK : undefined }),
      );
      left += width;
    }
    top += LINE + 8;
  });
  body.push(`<line x1="${SIDE}" x2="${WIDTH - SIDE}" y1="${top}" y2="${top}" stroke="#e6e8ee"/>`);
  body.push(svgText(NOTE, SIDE, top + 24, { size: 12, fill: MUTED_INK }));
  return svgDocument(WIDTH, top + 44, TITLE, body);
}

/** @returns a `<table>` with colour swatches, without styles of its own but the colours. */
export function classReductionHtml(): string {
  const swatch = (color: string) =>
    `<span style="display:inline-block;width:.85em;height:.85em;border-radius:2px;border:1px solid #8886;vertical-align:-.08em;background:${color}"></span>`;
  const rows = GROUP_NAMES.map((group, index) => {
    const labels = labelsOf(group)
      .map(
        (label) =>
          `<span style="white-space:nowrap">${swatch(cssColor(label.color))} ${escapeHtml(starred(label))}</span>`,
      )
      .join(' &ensp;');
    return `<tr><td>${index}</td><th scope="row" style="white-space:nowrap">${swatch(cssColor(GROUP_COLORS[group]))} ${group}</th><td>${labels}</td></tr>`;
  });
  return `<table>
<caption>${TITLE}; ${NOTE}</caption>
<thead><tr><th scope="col">Class</th><th scope="col">Group</th><th scope="col">Labels</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
`;
}

/** @returns the picture as a PNG. */
export function classReductionPng({ scale = 2 }: { scale?: number } = {}): Promise<Buffer> {
  return svgToPng(classReductionSvg(), scale);
}

/** Writes `class-reduction.png`, `.svg` and `.html` (a table to be put into a page) into the folder. */
export async function writeClassReduction(folder: string): Promise<void> {
  const file = (extension: string) => path.join(folder, `class-reduction.${extension}`);
  writeFile(file('svg'), classReductionSvg());
  writeFile(file('png'), await classReductionPng());
  writeFile(
    file('html'),
    `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${TITLE}</title>\n${classReductionHtml()}</html>\n`,
  );
}

function starred({ name, ignoreInEvaluation }: Label): string {
  return ignoreInEvaluation ? `${name}*` : name;
}
