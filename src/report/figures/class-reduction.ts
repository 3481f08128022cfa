import path from 'node:path';
import { type ClassSet, IGNORED } from '../../data/classes/class-set';
import type { DatasetLabel } from '../../data/dataset';
import { wordsOf } from '../../evaluation/metric';
import { writeFile } from '../../files/write-file';
import { type Html, html, joinHtml } from '../../html';
import { LABELS, type Label, type Rgb } from '../../labels';
import { capitalized } from '../../tables/tables';
import { textWidth } from '../drawing/fonts';
import { svgToPng } from '../drawing/render-figure';
import { svgDocument, svgSwatch, svgText } from '../drawing/svg-drawing';
import { cssColor, MUTED_INK } from './figure';

/** The reduction of labels to classes, as a picture and as a table for pages. */

const NOTE = '* left out of the official evaluation';

const WIDTH = 860;
const SIDE = 24;
/** Of the labels' column at least, where no class has a longer name. */
const LABELS_LEFT = 190;
const LINE = 26;

/** A label of a data set, or one of Cityscapes', of which more is known. */
type ShownLabel = DatasetLabel & Partial<Pick<Label, 'group' | 'ignoreInEvaluation'>>;

/**
 * @param index of a class, or {@link IGNORED}
 * @returns the labels of a class, in the order of their ids, those of one name once; what is never drawn has no id and stands
 * with its group
 */
export function labelsOf({ classes, classOfLabelId, labels = LABELS }: ClassSet, index: number): ShownLabel[] {
  const classOf = ({ id, group }: ShownLabel) => {
    if (id >= 0) return classOfLabelId[id] ?? IGNORED;
    const own = classes.findIndex(({ name }) => name === group);
    return own < 0 ? IGNORED : own;
  };
  const found = labels.filter((label) => classOf(label) === index);
  return found.filter(({ name }, place) => found.findIndex((other) => other.name === name) === place);
}

/** Such as `35 Cityscapes labels in 19 classes, 16 ignored`. */
export function classReductionTitle(classSet: ClassSet): string {
  const { name, classes, labels } = classSet;
  const places = [...classes.keys(), IGNORED].map((index) => labelsOf(classSet, index).length);
  const [ignored, count] = [places[places.length - 1], places.reduce((sum, each) => sum + each, 0)];
  return `${count} ${labels ? 'labels' : 'Cityscapes labels'} in ${classes.length} ${wordsOf(name).many}${ignored > 0 ? `, ${ignored} ignored` : ''}`;
}

interface ReductionRow {
  index: string;
  name: string;
  color: Rgb;
  labels: readonly ShownLabel[];
}

/** One for each class, and one for what is ignored, if anything is. */
function rowsOf(classSet: ClassSet): ReductionRow[] {
  const ofClasses = classSet.classes.map((each, index) => ({
    ...each,
    index: String(index),
    labels: labelsOf(classSet, index),
  }));
  const ignored = labelsOf(classSet, IGNORED);
  if (ignored.length === 0) return ofClasses;
  return [...ofClasses, { name: 'ignored', color: [0, 0, 0], index: '–', labels: ignored }];
}

/** Told where a label is starred. */
function notesOf(classSet: ClassSet): string[] {
  return rowsOf(classSet).some(({ labels }) => labels.some((label) => label.ignoreInEvaluation)) ? [NOTE] : [];
}

/** @returns one row for each class: its colour, index and name, then its labels in their own colours. */
export function classReductionSvg(classSet: ClassSet): string {
  const body = [
    svgText(classReductionTitle(classSet), SIDE, 36, { size: 18, weight: 600 }),
    svgText(`The ${wordsOf(classSet.name).one}’s index is its channel in the model’s output`, SIDE, 58, {
      fill: MUTED_INK,
    }),
  ];
  const rows = rowsOf(classSet);
  const namesLeft = SIDE + 56;
  const labelsLeft = Math.max(LABELS_LEFT, ...rows.map(({ name }) => namesLeft + textWidth(name, 15, 600) + 24));
  const labelWidth = (label: ShownLabel) => 13 + 6 + textWidth(starred(label), 13);
  const widest = Math.max(...rows.flatMap(({ labels }) => labels.map(labelWidth)));
  const width = Math.ceil(Math.max(WIDTH, labelsLeft + widest + SIDE));
  let top = 80;
  const line = () => html`<line x1="${SIDE}" x2="${width - SIDE}" y1="${top}" y2="${top}" stroke="#e6e8ee"/>`;
  for (const { index, name: className, color, labels } of rows) {
    body.push(line());
    top += 8;
    body.push(
      svgSwatch(SIDE, top + 3, 20, 20, cssColor(color), 4),
      svgText(index, SIDE + 32, top + 18, { fill: MUTED_INK }),
      svgText(className, namesLeft, top + 18, { size: 15, weight: 600 }),
    );
    let left = labelsLeft;
    for (const label of labels) {
      if (left + labelWidth(label) > width - SIDE) {
        left = labelsLeft;
        top += LINE;
      }
      body.push(
        svgSwatch(left, top + 7, 13, 13, cssColor(label.color)),
        svgText(starred(label), left + 19, top + 18, { fill: label.ignoreInEvaluation ? MUTED_INK : undefined }),
      );
      left += labelWidth(label) + 18;
    }
    top += LINE + 8;
  }
  body.push(line());
  for (const note of notesOf(classSet)) body.push(svgText(note, SIDE, top + 24, { size: 12, fill: MUTED_INK }));
  return svgDocument(width, top + 44, classReductionTitle(classSet), body).svg;
}

/** @returns a `<table>` with colour swatches, without styles of its own but the colours, and at the left also in JupyterLab. */
export function classReductionHtml(classSet: ClassSet): Html {
  const swatch = (fill: string) =>
    html`<span style="display:inline-block;width:.85em;height:.85em;border-radius:2px;border:1px solid #8886;vertical-align:-.08em;background:${fill}"></span>`;
  const left = html`style="text-align:left;white-space:nowrap"`;
  const rows = rowsOf(classSet).map(({ index, name: className, color, labels }) => {
    const shown = labels.map(
      (label) => html`<span style="white-space:nowrap">${swatch(cssColor(label.color))} ${starred(label)}</span>`,
    );
    return html`<tr><td ${left}>${index}</td><th scope="row" ${left}>${swatch(cssColor(color))} ${className}</th><td style="text-align:left">${joinHtml(shown, html` &ensp;`)}</td></tr>`;
  });
  return html`<table>
<caption>${[classReductionTitle(classSet), ...notesOf(classSet)].join('; ')}</caption>
<thead><tr><th scope="col" ${left}>Channel</th><th scope="col" ${left}>${capitalized(wordsOf(classSet.name).one)}</th><th scope="col" ${left}>Labels</th></tr></thead>
<tbody>
${joinHtml(rows)}
</tbody>
</table>
`;
}

/** Writes `class-reduction.png`, `.svg` and `.html` (a table to be put into a page) into the folder. @returns the PNG */
export async function writeClassReduction(folder: string, classSet: ClassSet): Promise<Buffer> {
  const file = (extension: string) => path.join(folder, `class-reduction.${extension}`);
  const svg = classReductionSvg(classSet);
  const png = await svgToPng(svg);
  writeFile(file('svg'), svg);
  writeFile(file('png'), png);
  const page = html`<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>${classReductionTitle(classSet)}</title>\n${classReductionHtml(classSet)}</html>\n`;
  writeFile(file('html'), String(page));
  return png;
}

function starred({ name, ignoreInEvaluation }: ShownLabel): string {
  return ignoreInEvaluation ? `${name}*` : name;
}
