import { stripVTControlCharacters } from 'node:util';
import type { InstanceScores } from '../evaluation/instance-iou';
import { type MetricName, wordsOf } from '../evaluation/metric';
import { iouOf, type Metrics } from '../evaluation/metrics';
import { type Spread, spread } from '../evaluation/spread';
import { type Html, html, joinHtml } from '../html';

/** A table of text, ready for any format. The first column names the row, the others hold numbers unless `text` says so. */
export interface Table {
  header: readonly string[];
  rows: readonly (readonly string[])[];
  /** Indices of the columns that hold words and are set left. */
  text: readonly number[];
}

/** One model's scores, one entry per metric. */
export interface ModelScores {
  model: string;
  /** Averaged over the seeds where there are several. */
  metrics: readonly Metrics[];
  /** Each seed's scores; absent for a model of one run. */
  seeds?: readonly { seed: number; metrics: readonly Metrics[] }[];
  /** iIoU of each run; absent where one of them has none. */
  instances?: readonly InstanceScores[];
}

/** Stands for a value that does not exist, such as the IoU of an absent group. */
export const ABSENT = '–';

/** @returns three decimals; a dash for NaN. */
export function formatScore(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : ABSENT;
}

/** @returns the mean, followed by the deviation where there is one, as in `0.617 ± 0.010`. */
export function formatSpread({ mean, deviation }: Spread): string {
  return Number.isNaN(deviation) ? formatScore(mean) : `${formatScore(mean)} ± ${formatScore(deviation)}`;
}

/**
 * Model | Metric | Pixel Acc. | Mean class acc. | IoU: one row for each model and metric, those of a metric together. Where
 * a model has several seeds, their number is told and each score is mean ± sample standard deviation.
 */
export function comparisonTable(models: readonly ModelScores[]): Table {
  const several = hasSeeds(models);
  return {
    header: ['Model', 'Metric', ...(several ? ['Seeds'] : []), 'Pixel Acc.', 'Mean class acc.', 'IoU'],
    rows: byMetric(models, (model, metric, seeds) => [
      model,
      metric,
      ...(several ? [String(seeds.length)] : []),
      scoreOf(seeds, (metrics) => metrics.pixelAccuracy),
      scoreOf(seeds, (metrics) => metrics.meanClassAccuracy),
      scoreOf(seeds, (metrics) => metrics.meanIou),
    ]),
    text: [0, 1],
  };
}

/**
 * IoU of each group, one row for each model and metric; a group that a metric leaves out is a dash. Where metrics are of classes
 * and of groups, as `camvid-11` beside `official-7`, each kind has a table.
 */
export function groupIouTables(models: readonly ModelScores[]): { title: string; table: Table }[] {
  const kinds = [...new Set(models.flatMap(({ metrics }) => metrics.map(({ metric }) => wordsOf(metric).one)))];
  return kinds.map((kind) => {
    const of = (metrics: readonly Metrics[]) => metrics.filter(({ metric }) => wordsOf(metric).one === kind);
    const table = groupIouTable(
      models.map(({ metrics, seeds, ...model }) => ({
        ...model,
        metrics: of(metrics),
        seeds: seeds?.map((each) => ({ ...each, metrics: of(each.metrics) })),
      })),
    );
    return { title: `IoU by ${kind}`, table };
  });
}

function groupIouTable(models: readonly ModelScores[]): Table {
  const groups = groupNames(models);
  return {
    header: ['Model', 'Metric', ...groups, 'mean'],
    rows: byMetric(models, (model, metric, seeds) => [
      model,
      metric,
      ...groups.map((group) => scoreOf(seeds, (metrics) => iouOf(metrics, group))),
      scoreOf(seeds, (metrics) => metrics.meanIou),
    ]),
    text: [0, 1],
  };
}

/** One model by one metric: Group (or Class) | IoU | Accuracy | Pixels, closed by the means. */
export function metricsTable(metrics: Metrics): Table {
  const pixels = metrics.groups.reduce((sum, score) => sum + score.pixels, 0);
  return {
    header: [capitalized(wordsOf(metrics.metric).one), 'IoU', 'Accuracy', 'Pixels'],
    rows: [
      ...metrics.groups.map(({ group, iou, accuracy, pixels: count }) => [
        group,
        formatScore(iou),
        formatScore(accuracy),
        formatCount(count),
      ]),
      ['mean', formatScore(metrics.meanIou), formatScore(metrics.meanClassAccuracy), formatCount(pixels)],
    ],
    text: [0],
  };
}

/**
 * iIoU by label, where there are such, and by group, each closed by its mean: a row for each model that has it, none for others.
 * Where a model has several seeds each score is mean ± sample standard deviation.
 */
export function instanceIouTable(models: readonly Pick<ModelScores, 'model' | 'instances'>[]): Table {
  const told = models.flatMap(({ model, instances }) =>
    instances ? [{ model, seeds: instances.map(namedInstanceScores) }] : [],
  );
  const names = [...new Set(told.flatMap(({ seeds }) => seeds.flatMap((scores) => Object.keys(scores))))];
  return {
    header: ['Model', ...names],
    rows: told.map(({ model, seeds }) => [
      model,
      ...names.map((name) => formatSpread(spread(seeds.map((scores) => scores[name] ?? Number.NaN)))),
    ]),
    text: [0],
  };
}

function namedInstanceScores({ labels, meanOfLabels, groups, meanOfGroups }: InstanceScores): Record<string, number> {
  const named = (scores: Record<string, number>) =>
    Object.fromEntries(Object.entries(scores).map(([name, score]) => [`iIoU of ${name}`, score]));
  return {
    ...(labels && { ...named(labels), 'mean iIoU of labels': meanOfLabels! }),
    ...named(groups),
    'mean iIoU of groups': meanOfGroups,
  };
}

/** What stands below the scores: IoU by class for each kind of metric, and iIoU where a model has it. */
export function iouTables(models: readonly ModelScores[]): { title: string; table: Table }[] {
  const things = instanceIouTable(models);
  return [...groupIouTables(models), ...(things.rows.length > 0 ? [{ title: 'iIoU', table: things }] : [])];
}

/** With its first letter large. */
export function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The metrics that models are scored by, each once. */
export function metricNames(models: readonly ModelScores[]): MetricName[] {
  return [...new Set(models.flatMap(({ metrics }) => metrics.map(({ metric }) => metric)))];
}

/** The groups of all these metrics, each once. */
export function groupNames(models: readonly ModelScores[]): string[] {
  return [
    ...new Set(models.flatMap(({ metrics }) => metrics.flatMap(({ groups }) => groups.map(({ group }) => group)))),
  ];
}

/** Whether any model was run with several seeds. */
export function hasSeeds(models: readonly ModelScores[]): boolean {
  return models.some(({ seeds }) => seeds !== undefined);
}

function scoreOf(seeds: readonly Metrics[], score: (metrics: Metrics) => number): string {
  return formatSpread(spread(seeds.map(score)));
}

/** @param row given one entry per seed, one for a model of one run */
function byMetric(
  models: readonly ModelScores[],
  row: (model: string, metric: MetricName, seeds: readonly Metrics[]) => string[],
): string[][] {
  return metricNames(models).flatMap((name) =>
    models.flatMap(({ model, metrics, seeds = [{ metrics }] }) => {
      const scores = seeds.flatMap((each) => each.metrics.filter(({ metric }) => metric === name));
      return scores.length > 0 ? [row(model, name, scores)] : [];
    }),
  );
}

/** Thousands apart by thin spaces, the same in every locale. */
function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** @returns the text as it is to be read, in a cell or a line of Markdown. */
export function toMarkdownText(text: string): string {
  return text.replace(/[|<]|&(?=#?\w+;)/g, '\\$&');
}

/** Columns that a text takes on a console; the codes that colour it take none. */
const widthOf = (text: string) => stripVTControlCharacters(text).length;

/** The header and the rows of a table, each column as wide as its widest cell. @param least of a column's width */
function aligned({ header, rows, text }: Table, least = 0): string[][] {
  const widths = header.map((_, column) => Math.max(least, ...[header, ...rows].map((row) => widthOf(row[column]))));
  return [header, ...rows].map((row) =>
    row.map((cell, column) => {
      const space = ' '.repeat(widths[column] - widthOf(cell));
      return text.includes(column) ? cell + space : space + cell;
    }),
  );
}

/** @returns the table as it is read on a console: columns aligned, two spaces between them, no lines. */
export function toText(table: Table): string {
  return aligned(table)
    .map((row) => `${row.join('  ').trimEnd()}\n`)
    .join('');
}

/** @returns the table in GitHub's Markdown, columns padded so that it also reads as text. */
export function toMarkdown({ header, rows, text }: Table): string {
  const written = { header: header.map(toMarkdownText), rows: rows.map((row) => row.map(toMarkdownText)), text };
  const [head, ...body] = aligned(written, 3);
  const rule = head.map(({ length }, column) =>
    text.includes(column) ? '-'.repeat(length) : `${'-'.repeat(length - 1)}:`,
  );
  return [head, rule, ...body].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

/** @returns an object for each row, as `console.table` takes them, which shows a table in a notebook and in a script. */
export function toRecords({ header, rows }: Pick<Table, 'header' | 'rows'>): Record<string, string>[] {
  return rows.map((row) => Object.fromEntries(header.map((title, column) => [title, row[column]])));
}

/** @returns the table as RFC 4180 has it, with line feeds. */
export function toCsv({ header, rows }: Pick<Table, 'header' | 'rows'>): string {
  const quote = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
  return [header, ...rows].map((row) => `${row.map(quote).join(',')}\n`).join('');
}

/** @returns a `<table>`; the first column are row headings. */
export function toHtml({ header, rows, text }: Table): Html {
  const style = (column: number) => !text.includes(column) && html` class="number"`;
  const head = header.map((cell, column) => html`<th scope="col"${style(column)}>${cell}</th>`);
  const body = rows.map(([first, ...others]) => {
    const cells = others.map((cell, index) => html`<td${style(index + 1)}>${unbroken(cell)}</td>`);
    return html`<tr><th scope="row">${first}</th>${cells}</tr>`;
  });
  return html`<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${joinHtml(body)}\n</tbody>\n</table>\n`;
}

/** Where a score is broken into two lines, the deviation goes to the second. */
function unbroken(cell: string): Html {
  return joinHtml(cell.split(' ± '), html` ±&nbsp;`);
}
