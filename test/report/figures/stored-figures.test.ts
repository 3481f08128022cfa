import { expect, test } from 'bun:test';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { Document, isCollection, isSeq, visit } from 'yaml';
import { renderPng } from '../../../src/report/drawing/render-figure';
import { columnFigure } from '../../../src/report/figures/figure-variants';
import { SAMPLE_FIGURES } from '../page/sample-report';

/**
 * Each figure against what it was: `stored/<figure>.yaml` is what Plotly is told, `stored/<figure>.png` what it draws from
 * it for a column. After a change that is meant, make them again, look at the pictures, and commit them:
 *
 *     ROADSEG_STORE=1 bun test ./test/report/figures/stored-figures.test.ts
 */

const folder = path.join(import.meta.dir, 'stored');
const remake = process.env.ROADSEG_STORE === '1';
const { curves, bars, matrices, distribution, recalls, resized, rate, reliability, scores, thresholds } =
  SAMPLE_FIGURES;
const figures = {
  'validation-loss': curves,
  'group-iou': bars,
  'confusion-matrix': matrices[0],
  'class-distribution': distribution,
  'recall-by-height': recalls,
  'counterfactual-recall': resized,
  'learning-rate': rate,
  reliability,
  'score-by-setting': scores,
  threshold: thresholds,
};

test('every figure of src/report/figures has a stored output', () => {
  const source = path.resolve(folder, '../../../../src/report/figures');
  const names = readdirSync(source).map((file) => path.parse(file).name);
  // Beside them lie the theme and what is made of a figure.
  const ofFigures = names.filter((name) => {
    const camelCase = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    return readFileSync(path.join(source, `${name}.ts`), 'utf8').includes(`export function ${camelCase}Figure(`);
  });
  expect(Object.keys(figures).sort()).toEqual(ofFigures.sort());
});

for (const [name, figure] of Object.entries(figures)) {
  test(`${name} is what it was`, async () => {
    const specification = path.join(folder, `${name}.yaml`);
    const picture = path.join(folder, `${name}.png`);
    const text = yamlOf({ description: figure.description, data: figure.data, layout: figure.layout });
    const png = await sharp(await renderPng(columnFigure(figure), { scale: 1 }))
      .png({ palette: true })
      .toBuffer();
    if (remake) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(specification, text);
      writeFileSync(picture, png);
    }
    expect(existsSync(specification)).toBe(true);
    expect(text).toBe(readFileSync(specification, 'utf8'));
    // Another processor may round an edge's shade differently; a moved word or line changes far more.
    expect(await shareOfChangedPixels(png, readFileSync(picture))).toBeLessThan(0.002);
  });
}

/** Lists of plain values on one line each. */
function yamlOf(value: unknown): string {
  const document = new Document(JSON.parse(JSON.stringify(value)), { aliasDuplicateObjects: false });
  visit(document, {
    Collection(_key, node) {
      if (isSeq(node) && !node.items.some(isCollection)) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 120, flowCollectionPadding: false });
}

/** Pixels that differ by more than an eighth of the range in any channel; all of them where the sizes differ. */
async function shareOfChangedPixels(one: Buffer, other: Buffer): Promise<number> {
  const [a, b] = await Promise.all(
    [one, other].map((png) =>
      sharp(png).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true }),
    ),
  );
  if (a.info.width !== b.info.width || a.info.height !== b.info.height) return 1;
  let changed = 0;
  for (let at = 0; at < a.data.length; at += 3)
    if ([0, 1, 2].some((channel) => Math.abs(a.data[at + channel] - b.data[at + channel]) > 32)) changed += 1;
  return changed / (a.data.length / 3);
}
