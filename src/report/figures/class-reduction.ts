import path from 'node:path';
import type { ClassSet } from '../../data/classes/class-set';
import { writeFile } from '../../files/write-file';
import { escapeHtml } from '../../html';
import { LABELS, type Label } from '../../labels';
import { textWidth } from '../drawing/fonts';
import { svgToPng } from '../drawing/render-figure';
import { svgDocument, svgSwatch, svgText } from '../drawing/svg-drawing';
import { cssColor, MUTED_INK } from './figure';

/** The reduction of labels to classes, as a picture and as a table for pages. */

const NOTE = '* left out of the official evaluation';

const WIDTH = 860;
const SIDE = 24;
const LABELS_LEFT = 190;
const LINE = 26;

/** @returns the labels of a class, in the order of their ids; what is never drawn has no id and stands with its group. */
export function labelsOf({ classes, classOfLabelId }: ClassSet, index: number): readonly Label[] {
  return LABELS.filter(({ id, group }) => (id < 0 ? group === classes[index].name : classOfLabelId[id] === index));
}

function titleOf({ classes }: ClassSet): string {
  return `${LABELS.length} Cityscapes labels in ${classes.length} groups`;
}

/** @returns one row for each class: its colour, index and name, then its labels in their own colours. */
export function classReductionSvg(classSet: ClassSet): string {
  const body = [
    svgText(titleOf(classSet), SIDE, 36, { size: 18, weight: 600 }),
    svgText('The group’s index is its class in the model’s output', SIDE, 58, { fill: MUTED_INK }),
  ];
  let top = 80;
  classSet.classes.forEach(({ name: className, color }, index) => {
    body.push(`<line x1="${SIDE}" x2="${WIDTH - SIDE}" y1="${top}" y2="${top}" stroke="#e6e8ee"/>`);
    top += 8;
    body.push(
      svgSwatch(SIDE, top + 3, 20, 20, cssColor(color), 4),
      svgText(String(index), SIDE + 32, top + 18, { fill: MUTED_INK }),
      svgText(className, SIDE + 50, top + 18, { size: 15, weight: 600 }),
    );
    let left = LABELS_LEFT;
    for (const label of labelsOf(classSet, index)) {
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
  return svgDocument(WIDTH, top + 44, titleOf(classSet), body);
}

/** @returns a `<table>` with colour swatches, without styles of its own but the colours. */
export function classReductionHtml(classSet: ClassSet): string {
  const swatch = (fill: string) =>
    `<span style="display:inline-block;width:.85em;height:.85em;border-radius:2px;border:1px solid #8886;vertical-align:-.08em;background:${fill}"></span>`;
  const rows = classSet.classes.map(({ name: className, color }, index) => {
    const labels = labelsOf(classSet, index)
      .map(
        (label) =>
          `<span style="white-space:nowrap">${swatch(cssColor(label.color))} ${escapeHtml(starred(label))}</span>`,
      )
      .join(' &ensp;');
    return `<tr><td>${index}</td><th scope="row" style="white-space:nowrap">${swatch(cssColor(color))} ${className}</th><td>${labels}</td></tr>`;
  });
  return `<table>
<caption>${titleOf(classSet)}; ${NOTE}</caption>
<thead><tr><th scope="col">Class</th><th scope="col">Group</th><th scope="col">Labels</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
`;
}

/** @returns the picture as a PNG. */
export function classReductionPng(classSet: ClassSet, { scale = 2 }: { scale?: number } = {}): Promise<Buffer> {
  return svgToPng(classReductionSvg(classSet), scale);
}

/** Writes `class-reduction.png`, `.svg` and `.html` (a table to be put into a page) into the folder. */
export async function writeClassReduction(folder: string, classSet: ClassSet): Promise<void> {
  const file = (extension: string) => path.join(folder, `class-reduction.${extension}`);
  writeFile(file('svg'), classReductionSvg(classSet));
  writeFile(file('png'), await classReductionPng(classSet));
  writeFile(
    file('html'),
    `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${titleOf(classSet)}</title>\n${classReductionHtml(classSet)}</html>\n`,
  );
}

function starred({ name, ignoreInEvaluation }: Label): string {
  return ignoreInEvaluation ? `${name}*` : name;
}
