import path from 'node:path';
import type { Convention } from '../evaluation/confusion-matrix';
import { writeFile } from '../experiment/write-file';
import { classReductionHtml } from './class-reduction';
import { CONVENTION_NOTES } from './conventions';
import { FONT_FAMILY, fontFaceCss } from './fonts';
import { escapeHtml } from './html';
import { comparisonTable, groupIouTable, type ModelScores, toHtml } from './tables';

/** A picture of the report. */
export interface ReportImage {
  /** What is seen, for those who cannot see it. */
  alternative: string;
  /** Shown below; may be empty. */
  caption: string;
  png: Uint8Array;
}

/** One run that the report is about. */
export interface ReportRun {
  label: string;
  /** Its folder, as the reader would type it. */
  folder: string;
  /** The resolved experiment, as YAML. */
  configuration: string;
}

export interface ReportContent {
  title: string;
  /** What was compared, in a sentence or two. */
  description: string;
  /** Data, split, scenes, resolution and crop that the scores hold for. */
  setting: string;
  scores: readonly ModelScores[];
  figures: readonly ReportImage[];
  panels: readonly ReportImage[];
  runs: readonly ReportRun[];
}

/** @returns one page that needs no other file: pictures and font are in it. Light or dark as the reader's system. */
export function reportPage(content: ReportContent): string {
  const { title, description, setting, scores, figures, panels, runs } = content;
  const conventions = [...new Set(scores.flatMap(({ metrics }) => metrics.map((entry) => entry.convention)))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>
${fontFaceCss()}
${STYLE}
</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${description ? `<p class="lead">${escapeHtml(description)}</p>` : ''}
<p class="setting">${escapeHtml(setting)}</p>
</header>
<main>
${section('Scores', scoresHtml(scores, conventions))}
${figures.length > 0 ? section('Figures', figures.map((image) => imageHtml(image, 'chart')).join('\n')) : ''}
${panels.length > 0 ? section('Scenes', panels.map((image) => imageHtml(image, 'panel')).join('\n')) : ''}
${section('Classes', `<div class="scroll classes">${classReductionHtml()}</div>`)}
${section('Runs', runs.map(runHtml).join('\n'))}
</main>
</body>
</html>
`;
}

/** Writes the page as `index.html` into a folder; returns its path. */
export function writeReport(folder: string, content: ReportContent): string {
  const file = path.join(folder, 'index.html');
  writeFile(file, reportPage(content));
  return file;
}

function section(title: string, body: string): string {
  return `<section>\n<h2>${title}</h2>\n${body}\n</section>`;
}

function scoresHtml(scores: readonly ModelScores[], conventions: readonly Convention[]): string {
  const notes = conventions.map((name) => `<dt>${name}</dt><dd>${escapeHtml(CONVENTION_NOTES[name])}.</dd>`).join('');
  return `<div class="scroll scores">${toHtml(comparisonTable(scores))}</div>
<dl>${notes}</dl>
<h3>IoU by group</h3>
<div class="scroll scores">${toHtml(groupIouTable(scores))}</div>`;
}

function imageHtml({ alternative, caption, png }: ReportImage, kind: 'chart' | 'panel'): string {
  // Width and height stand in bytes 16 to 23 of every PNG; with them the page does not jump while it loads.
  const header = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const size = `width="${header.getUint32(16)}" height="${header.getUint32(20)}"`;
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  const image = `<img ${size} alt="${escapeHtml(alternative)}" src="${source}">`;
  return `<figure class="${kind}"><div class="paper">${image}</div>${caption ? `<figcaption>${escapeHtml(caption)}</figcaption>` : ''}</figure>`;
}

function runHtml({ label, folder, configuration }: ReportRun): string {
  return `<details><summary>${escapeHtml(label)} <code>${escapeHtml(folder)}</code></summary>
<pre>${escapeHtml(configuration.trim())}</pre></details>`;
}

const STYLE = `:root {
  --paper: #ffffff; --ground: #f6f7f9; --ink: #1f2430; --muted: #5b6270; --line: #dfe2e8; --accent: #c2185b;
}
@media (prefers-color-scheme: dark) {
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
.setting, figcaption, caption, dd { color: var(--muted); font-size: .9rem; }
section { margin: 2rem 0; padding: 1.4rem 1.5rem; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
caption { caption-side: bottom; text-align: left; padding-top: .6rem; }
th, td { padding: .42rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); border-bottom-width: 2px; vertical-align: bottom; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.classes table { min-width: 34rem; }
.scores td { white-space: nowrap; } .scores tbody th { min-width: 8.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem .9rem; margin: 1rem 0 0; }
dt { font-size: .9rem; } dd { margin: 0; }
figure { margin: 0 0 1.6rem; } figure:last-child { margin-bottom: 0; }
.paper { background: #fff; border-radius: 6px; overflow-x: auto; }
img { display: block; width: 100%; height: auto; }
.chart img { min-width: 34rem; } .panel img { min-width: 50rem; }
figcaption { margin-top: .5rem; }
details { border-bottom: 1px solid var(--line); padding: .5rem 0; } details:last-child { border-bottom: 0; }
summary { cursor: pointer; overflow-wrap: anywhere; } summary code { font-weight: 400; color: var(--muted); margin-left: .4rem; }
code, pre { font: .84rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { overflow-x: auto; margin: .7rem 0; padding: .9rem 1rem; background: var(--ground); border-radius: 6px; }
a, summary:hover { color: var(--accent); }
@media (max-width: 40rem) {
  header, main { padding-left: .75rem; padding-right: .75rem; }
  section { padding: 1rem .9rem; }
  table { font-size: .84rem; } th, td { padding: .35rem .4rem; } .scores tbody th { min-width: 5.5rem; }
  th:first-child { padding-left: 0; }
}`;
