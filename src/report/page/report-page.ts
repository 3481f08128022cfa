import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ClassSet } from '../../data/classes/class-set';
import { metricNote, wordsOf } from '../../evaluation/metric';
import type { PredictedScene } from '../../evaluation/predictions';
import { MAIN_SCORE } from '../../evaluation/score-differences';
import { writeFile } from '../../files/write-file';
import { type Html, html, joinHtml, raw } from '../../html';
import { type PairVerdict, VERDICT_METHOD, verdictTable } from '../../study/verdicts';
import {
  capitalized,
  comparisonTable,
  hasSeeds,
  iouTables,
  type ModelScores,
  metricNames,
  type Table,
  toHtml,
} from '../../tables/tables';
import { plotlyBundlePath } from '../drawing/plotly-window';
import { classReductionHtml } from '../figures/class-reduction';
import type { Figure } from '../figures/figure';
import { figureTitle } from '../figures/figure-variants';
import { type NotebookLink, notebookLinks, type ReportRun, runHtml } from './models-section';
import { FIGURES_SCRIPT, FIGURES_STYLE, figuresData, type PageFigure, pageFigureHtml } from './page-figure';
import { pageHtml, section } from './page-frame';
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
      const titled = figures.length > 1 || figureTitle(figure).title !== heading;
      return { id: `figure-${place}-${index}`, figure, narrow, titled };
    }),
  }));
  const figures = sections.flatMap((each) => each.figures);
  const figureSections = await Promise.all(
    sections.map(async (each) => {
      const parts = await Promise.all(each.figures.map(pageFigureHtml));
      return section(each.heading, each.narrow ? html`<div class="columns">${joinHtml(parts)}</div>` : joinHtml(parts));
    }),
  );
  return pageHtml({
    title,
    style: [FIGURES_STYLE, SCENES_STYLE].join('\n'),
    body: html`<script>document.documentElement.classList.add('js');</script>
<header>
<h1>${title}</h1>
${question && html`<p class="lead">${question}</p>`}
${findings.length > 0 && html`<ul class="findings">${findings.map((finding) => html`<li>${finding}.</li>`)}</ul>`}
<p class="setting">${setting}.</p>
</header>
<main>
${section('Scores', scoresHtml(scores))}
${content.published && section('Beside published scores', html`<div class="scroll scores">${toHtml(content.published)}</div>`)}
${verdicts.length > 0 && section('Differences', verdictsHtml(verdicts))}
${joinHtml(figureSections)}
${scenes.length > 0 && section('Scenes', await pageScenesHtml(scenes, labels, classSet.classes))}
${section(capitalized(wordsOf(classSet.name).many), html`<div class="scroll classes">${classReductionHtml(classSet)}</div>`)}
${section('Runs', joinHtml(runs.map(runHtml)))}
${notebooks.length > 0 && html`<p class="setting">Made by ${notebookLinks(notebooks)}.</p>`}
</main>
${figures.length > 0 && html`${figuresData(figures)}\n<script>${plotlySource()}</script>\n<script>${raw(FIGURES_SCRIPT)}</script>`}
<script>${raw(SCENES_SCRIPT)}</script>`,
  });
}

/** Writes the page as `index.html` into a folder; returns its path. */
export async function writeReport(folder: string, content: ReportContent): Promise<string> {
  const file = path.join(folder, 'index.html');
  writeFile(file, await reportPage(content));
  return file;
}

function scoresHtml(scores: readonly ModelScores[]): Html {
  const notes = metricNames(scores).map((name) => html`<dt>${name}</dt><dd>${metricNote(name)}.</dd>`);
  const spread = hasSeeds(scores) && html`<p class="setting">Mean ± sample standard deviation over the seeds.</p>`;
  const byGroup = iouTables(scores).map(
    ({ title, table }) => html`
<h3>${title}</h3>
<div class="scroll scores by-group">${toHtml(table)}</div>`,
  );
  return html`<div class="scroll scores">${toHtml(comparisonTable(scores))}</div>
${spread}<dl>${notes}</dl>${byGroup}`;
}

function verdictsHtml(verdicts: readonly PairVerdict[]): Html {
  return html`<div class="scroll verdicts">${toHtml(verdictTable(verdicts, [MAIN_SCORE]))}</div>
<details><summary>Every score</summary><div class="scroll verdicts">${toHtml(verdictTable(verdicts))}</div></details>
<p class="setting">${VERDICT_METHOD}.</p>`;
}

/** Plotly's bundle, which must not end the script it stands in. */
function plotlySource(): Html {
  return raw(readFileSync(plotlyBundlePath(), 'utf8').replace(/<\/script/gi, '<\\/script'));
}
