import { expect, test } from 'bun:test';
import { parseHTML } from 'linkedom';
import { classSet } from '../../../src/data/classes';
import { metrics } from '../../../src/evaluation/metrics';
import { GROUP_NAMES, LABELS } from '../../../src/labels';
import { classReductionHtml, classReductionSvg } from '../../../src/report/figures/class-reduction';
import { reportPage } from '../../../src/report/page/report-page';
import { labelBoxes } from '../drawing/label-boxes';
import { matrixOf, SAMPLE_FIGURES, SAMPLE_REPORT } from './sample-report';

test('the class reduction names all labels and groups, in the picture and in the table', () => {
  const words = labelBoxes(classReductionSvg(classSet('groups-8')));
  const { document } = parseHTML(`<html><body>${classReductionHtml(classSet('groups-8'))}</body></html>`);
  expect(document.querySelectorAll('tbody tr')).toHaveLength(GROUP_NAMES.length);
  for (const { name, ignoreInEvaluation } of LABELS) {
    const shown = ignoreInEvaluation ? `${name}*` : name;
    expect(words.map(({ label }) => label)).toContain(shown);
    expect(document.body.textContent).toContain(shown);
  }
  for (const { label, right } of words) expect([label, right < 860]).toEqual([label, true]);
});

test('the picture of the reduction grows with long names, of which none lies on another', () => {
  const long = 'Straße und Gehweg mit Bordstein, Zebrastreifen und Haltelinien';
  const classes = [long, 'car'].map((name, index) => ({ name, color: [index, 0, 0] as const }));
  const labels = classes.map((each, id) => ({ ...each, id }));
  const svg = classReductionSvg({ name: 'classes-2', classes, labels, classOfLabelId: Uint8Array.of(0, 1) });
  const [ofClass, ofLabel] = labelBoxes(svg).filter(({ label }) => label === long);
  expect(ofLabel.left).toBeGreaterThan(ofClass.right);
  expect(ofLabel.right).toBeLessThan(Number(/<svg[^>]* width="(\d+)"/.exec(svg)![1]));
});

test('of other classes the reduction says what is ignored, and speaks of classes', () => {
  const { document } = parseHTML(String(classReductionHtml(classSet('cityscapes-19'))));
  expect(document.querySelector('caption')?.textContent).toStartWith('35 Cityscapes labels in 19 classes, 16 ignored;');
  expect([...document.querySelectorAll('thead th')].map(({ textContent }) => textContent)).toEqual([
    'Channel',
    'Class',
    'Labels',
  ]);
  const rows = [...document.querySelectorAll('tbody tr')];
  expect(rows).toHaveLength(19 + 1);
  expect(rows.at(-1)?.textContent).toContain('–');
  for (const name of ['ignored', 'unlabeled*', 'caravan*', 'license plate*'])
    expect(rows.at(-1)?.textContent).toContain(name);

  const labels = [
    { id: 1, name: 'lane', color: [9, 9, 9] as const },
    { id: 2, name: 'verge', color: [0, 99, 0] as const },
  ];
  const list = [
    { name: 'way', color: [9, 9, 9] as [number, number, number], values: [1], ignore: false },
    { name: 'no way', color: [0, 0, 0] as [number, number, number], values: 'rest' as const, ignore: false },
  ];
  const own = parseHTML(String(classReductionHtml({ ...classSet(list), labels }))).document;
  expect(own.querySelector('caption')?.textContent).toBe('2 labels in 2 classes');
  expect(
    [...own.querySelectorAll('tbody tr')].map(({ textContent }) => textContent!.replace(/\s+/g, ' ').trim()),
  ).toEqual(['0 way lane', '1 no way verge']);
});

test('iIoU stands below the scores, of the models that have it, and nowhere where none has', async () => {
  const tablesOf = async (content: typeof SAMPLE_REPORT) => {
    const { document } = parseHTML(await reportPage(content));
    const heading = [...document.querySelectorAll('h3')].find(({ textContent }) => textContent === 'iIoU');
    return [...(heading?.nextElementSibling?.querySelectorAll('tbody tr') ?? [])].map(({ textContent }) => textContent);
  };
  expect(await tablesOf(SAMPLE_REPORT)).toEqual(['Pre-trained0.2500.5000.375']);
  const without = SAMPLE_REPORT.scores.map((scores) => ({ ...scores, instances: undefined }));
  expect(await tablesOf({ ...SAMPLE_REPORT, scores: without })).toEqual([]);
});

test('the only figure of a section keeps a title that says more than the heading', async () => {
  const { recalls, curves } = SAMPLE_FIGURES;
  const sections = [
    { title: 'Small things', figures: [recalls] },
    { title: 'Validation loss', figures: [curves] },
  ];
  const { document } = parseHTML(await reportPage({ ...SAMPLE_REPORT, sections }));
  const titles = [...document.querySelectorAll('figure.chart')].map((each) => each.querySelector('h3')?.textContent);
  expect(titles).toEqual(['Recall of human by height', undefined]);
});

test('the page holds all of a report, needs no other file and cannot be broken by what it shows', async () => {
  const page = await reportPage({
    ...SAMPLE_REPORT,
    title: 'Base <against> pre-trained',
    scores: [{ model: 'A & B', metrics: [metrics(matrixOf(3))] }],
    runs: [{ ...SAMPLE_REPORT.runs[0], configuration: 'name: </pre><script>alert()' }],
  });
  const { document } = parseHTML(page);
  expect(document.querySelector('h1')?.textContent).toBe('Base <against> pre-trained');
  // 10 true pixels a group, 3 of them right, 10 predicted: 3 of 10, and 3 of 10 + 10 - 3.
  expect(document.querySelector('tbody tr')?.textContent).toBe('A & Bgroups-80.3000.3000.176');
  expect([...document.querySelectorAll('h2')].map((heading) => heading.textContent)).toEqual([
    'Scores',
    'Differences',
    ...SAMPLE_REPORT.sections.map(({ title }) => title),
    'Scenes',
    'Groups',
    'Runs',
  ]);
  // Of a single seed nothing is established; the mean IoU is seen at once, the other scores when asked for.
  const rows = [...document.querySelectorAll('.verdicts tbody tr')].map(({ textContent }) => textContent);
  expect(rows.slice(0, 2)).toEqual([
    expect.stringContaining('Pre-trained against Basegroups-8mean IoU'),
    expect.stringContaining('Pre-trained against Baseofficial-7mean IoU'),
  ]);
  expect(document.querySelectorAll('details .verdicts tbody tr')).toHaveLength(21);
  expect(rows.join()).not.toContain('established');
  expect(document.querySelector('pre')?.textContent).toBe('name: </pre><script>alert()');
  // Input, then truth, prediction and errors of two models.
  const images = [...document.querySelectorAll('.scene img')] as HTMLImageElement[];
  expect(images.map(({ alt }) => alt.split(' in street_1')[0])).toEqual([
    'Scene street_1',
    'Truth of street_1',
    'What Base, seed 1 predicts',
    'Errors of Base, seed 1',
    'Truth of street_1',
    'What Pre-trained predicts',
    'Errors of Pre-trained',
  ]);
  expect(document.body.textContent).toContain('71.4% of evaluated pixels right'); // five of the seven groups that are not void

  // Within a page every id is one figure's, and what refers to one finds it.
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const withoutScripts = page.replace(/<script[\s\S]*?<\/script>/g, '');
  for (const [, target] of withoutScripts.matchAll(/url\((?:"|&quot;)?([^)"&]*)/g))
    if (target.startsWith('#')) expect(ids).toContain(target.slice(1));
    else expect(target).toStartWith('data:');
  for (const [, target] of withoutScripts.matchAll(/(?:src|href)="([^"]*)/g))
    if (!target.startsWith('data:')) expect(target).toMatch(/^(\.\.\/base-12345678\/)?notebooks\/0\d-/);
  for (const script of document.querySelectorAll('script')) expect(script.hasAttribute('src')).toBe(false);
});
