import { type Html, html, raw } from '../../html';
import { figureColorsCss } from '../drawing/figure-colors';
import { FONT_FAMILY, fontFaceCss } from '../drawing/fonts';

export interface PageParts {
  title: string;
  /** CSS behind that of every page. */
  style?: string;
  /** A header and a main part, which are set in the page's middle. */
  body: Html;
}

/** @returns a page with its font in it, light or dark as the reader's system */
export function pageHtml({ title, style = '', body }: PageParts): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>
${raw([fontFaceCss(), figureColorsCss(), STYLE, style].join('\n'))}
</style>
</head>
<body>
${body}
</body>
</html>
`;
  return String(page);
}

/** A part of a page under a heading. */
export function section(title: string, body: Html): Html {
  const id = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return html`<section aria-labelledby="${id}">\n<h2 id="${id}">${title}</h2>\n${body}\n</section>`;
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
