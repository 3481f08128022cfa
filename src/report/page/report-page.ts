import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ClassSet } from '../../data/classes/class-set';
import { metricNote, wordsOf } from '../../evaluation/metric';
import type { PredictedScene } from '../../evaluation/predictions';
import { MAIN_SCORE } from '../../evaluation/score-differences';
import { writeFile } from '../../files/write-file';
import { escapeHtml } from '../../html';
import { type PairVerdict, VERDICT_METHOD, verdictTable } from '../../study/verdicts';
import {
  capitalized,
  comparisonTable,
  groupIouTable,
  hasSeeds,
  iouTitle,
  type ModelScores,
  type Table,
  toHtml,
} from '../../tables/tables';
import { figureColorsCss } from '../drawing/figure-colors';
import { FONT_FAMILY, fontFaceCss } from '../drawing/fonts';
import { plotlyBundlePath } from '../drawing/plotly-window';
import { classReductionHtml } from '../figures/class-reduction';
import type { Figure } from '../figures/figure';
import { type NotebookLink, notebookLinks, type ReportRun, runHtml } from './models-section';
import { FIGURES_SCRIPT, FIGURES_STYLE, figuresData, type PageFigure, pageFigureHtml } from './page-figure';
import { pageScenesHtml, SCENES_SCRIPT, SCENES_STYLE } from './scenes-section';

/** Figures under one heading; without any there is no section. */
export interface FigureSection {
  title: string;
  figures: readonly Figure[];
  /** Set side by side, each as narrow as a column; for figures to be compared. */
  narrow?: boolean;
}

export interface ReportContent {
  title: string;
  /** What was asked, in a sentence or two. */
  question: string;
  /** What came out, a sentence each. */
  findings: readonly string[];
  /** Data, split, scenes, resolution and crop that the scores hold for. */
  setting: string;
  /** What the models predict. */
  classSet: ClassSet;
  scores: readonly ModelScores[];
  /** The models among published scores, where there are any to compare with. */
  published?: Table;
  /** What may be said of each pair of models. */
  verdicts: readonly PairVerdict[];
  sections: readonly FigureSection[];
  /** Scenes with what each model made of them, in the order of `labels`. */
  scenes: readonly PredictedScene[];
  labels: readonly string[];
  runs: readonly ReportRun[];
  /** The notebooks that made the report. */
  notebooks: readonly NotebookLink[];
}

/**
 * @returns one page that needs no other file and no network: pictures, font and Plotly are in it. Light or dark as the
 * reader's system. Everything but zooming and sliding works without scripts.
 */
export async function reportPage(content: ReportContent): Promise<string> {
  const { title, question, findings, setting, classSet, scores, verdicts, scenes, labels, runs, notebooks } = content;
  const shown = content.sections.filter((each) => each.figures.length > 0);
  const sections = shown.map(({ title: heading, figures, narrow }, place) => ({
    heading,
    narrow,
    figures: figures.map((figure, index): PageFigure => {
      return { id: `figure-${place}-${index}`, figure, narrow, titled: figures.length > 1 };
    }),
  }));
  const figures = sections.flatMap((each) => each.figures);
  const figureSections = await Promise.all(
    sections.map(async (each) => {
      const parts = await Promise.all(each.figures.map(pageFigureHtml));
      return section(each.heading, each.narrow ? `<div class="columns">${parts.join('\n')}</div>` : parts.join('\n'));
    }),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>
${fontFaceCss()}
${figureColorsCss()}
${STYLE}
${FIGURES_STYLE}
${SCENES_STYLE}
</style>
<script>document.documentElement.classList.add('js');</script>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${question ? `<p class="lead">${escapeHtml(question)}</p>` : ''}
${findings.length > 0 ? `<ul class="findings">${findings.map((finding) => `<li>${escapeHtml(finding)}.</li>`).join('')}</ul>` : ''}
<p class="setting">${escapeHtml(setting)}.</p>
</header>
<main>
${section('Scores', scoresHtml(scores))}
${content.published ? section('Beside published scores', `<div class="scroll scores">${toHtml(content.published)}</div>`) : ''}
${verdicts.length > 0 ? section('Differences', verdictsHtml(verdicts)) : ''}
${figureSections.join('\n')}
${scenes.length > 0 ? section('Scenes', await pageScenesHtml(scenes, labels, classSet.classes)) : ''}
${section(capitalized(wordsOf(classSet.name).many), `<div class="scroll classes">${classReductionHtml(classSet)}</div>`)}
${section('Runs', runs.map(runHtml).join('\n'))}
${notebooks.length > 0 ? `<p class="setting">Made by ${notebookLinks(notebooks)}.</p>` : ''}
</main>
${figures.length > 0 ? `${figuresData(figures)}\n<script>${plotlySource()}</script>\n<script>${FIGURES_SCRIPT}</script>` : ''}
<script>${SCENES_SCRIPT}</script>
</body>
</html>
`;
}

/** Writes the page as `index.html` into a folder; returns its path. */
export async function writeReport(folder: string, content: ReportContent): Promise<string> {
  const file = path.join(folder, 'index.html');
  writeFile(file, await reportPage(content));
  return file;
}

function section(title: string, body: string): string {
  const id = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return `<section aria-labelledby="${id}">\n<h2 id="${id}">${escapeHtml(title)}</h2>\n${body}\n</section>`;
}

function scoresHtml(scores: readonly ModelScores[]): string {
  const names = [...new Set(scores.flatMap(({ metrics }) => metrics.map(({ metric }) => metric)))];
  const notes = names.map((name) => `<dt>${name}</dt><dd>${escapeHtml(metricNote(name))}.</dd>`).join('');
  const spread = hasSeeds(scores) ? '<p class="setting">Mean ± sample standard deviation over the seeds.</p>' : '';
  return `<div class="scroll scores">${toHtml(comparisonTable(scores))}</div>
${spread}<dl>${notes}</dl>
<h3>${iouTitle(scores)}</h3>
<div class="scroll scores by-group">${toHtml(groupIouTable(scores))}</div>`;
}

function verdictsHtml(verdicts: readonly PairVerdict[]): string {
  return `<div class="scroll verdicts">${toHtml(verdictTable(verdicts, [MAIN_SCORE]))}</div>
<details><summary>Every score</summary><div class="scroll verdicts">${toHtml(verdictTable(verdicts))}</div></details>
<p class="setting">${escapeHtml(VERDICT_METHOD)}.</p>`;
}

/** Plotly's bundle, which must not end the script it stands in. */
function plotlySource(): string {
  return readFileSync(plotlyBundlePath(), 'utf8').replace(/<\/script/gi, '<\\/script');
}

const STYLE = `:root {
  --paper: #ffffff; --ground: #f6f7f9; --ink: #1f2430; --muted: #5b6270; --line: #dfe2e8; --accent: #c2185b;
}
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #1b1f27; --ground: #12151b; --ink: #e8eaf0; --muted: #a0a7b5; --line: #333945; --accent: #ff7ac0; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 ${FONT_FAMILY}; }
header, main { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2.5rem; }
h1 { margin: 0; font-size: clamp(1.5rem, 5vw, 2.1rem); line-height: 1.2; letter-spacing: -.015em; }
h2 { margin: 0 0 .9rem; font-size: 1.25rem; }
h3 { margin: 1.6rem 0 .6rem; font-size: 1rem; }
h1, h2, h3, summary, th { font-weight: 600; }
.lead { margin: .6rem 0 0; max-width: 44rem; }
.findings { margin: .6rem 0; padding-left: 1.1rem; max-width: 50rem; }
.setting, figcaption, caption, dd { color: var(--muted); font-size: .9rem; }
section { margin: 2rem 0; padding: 1.4rem 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
caption { caption-side: bottom; text-align: left; padding-top: .6rem; }
th, td { padding: .42rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); border-bottom-width: 2px; vertical-align: bottom; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.classes table { min-width: 34rem; }
.scores td { white-space: nowrap; } .scores tbody th { min-width: 8.5rem; } .by-group .number { white-space: normal; }
.verdicts td { white-space: nowrap; } .verdicts td:last-child { white-space: normal; min-width: 13rem; } .verdicts tbody th { min-width: 7rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem .9rem; margin: 1rem 0 0; }
dt { font-size: .9rem; } dd { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; } figure + figure { margin-top: 1.6rem; } figure h3:first-child { margin-top: 0; }
.columns figure, .views figure { margin: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: 1.6rem 1.2rem; }
figcaption { margin-top: .4rem; }
details { border-bottom: 1px solid var(--line); padding: .5rem 0; } details:last-child { border-bottom: 0; }
summary { cursor: pointer; overflow-wrap: anywhere; } summary code { font-weight: 400; color: var(--muted); margin-left: .4rem; }
code, pre { font: .84rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { overflow-x: auto; margin: .7rem 0; padding: .9rem 1rem; background: var(--ground); border-radius: 6px; }
a, summary:hover { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 40rem) {
  header, main { padding-left: .75rem; padding-right: .75rem; }
  section { padding: 1rem .9rem; }
  table { font-size: .84rem; } th, td { padding: .35rem .4rem; } .scores tbody th { min-width: 5.5rem; }
  th:first-child { padding-left: 0; } .classes table { min-width: 0; }
}
@media print { section { break-inside: avoid-page; border: 0; padding: 0; } body { background: none; } }`;
