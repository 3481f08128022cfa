import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { shortHash } from '../../configuration/canonical-json';
import { writeFile } from '../../files/write-file';
import { type Html, html, raw } from '../../html';
import { colorVariables, DARKENED_SCRIPT, drawnOnReadersPaper, onReadersPaper } from '../drawing/figure-colors';
import { plotlyBundlePath } from '../drawing/plotly-window';
import { plotlyWords } from '../drawing/plotly-words';
import { PLOTLY_CONFIG, renderInlineSvgAndPng, scriptJson, svgToPng, writeFigure } from '../drawing/render-figure';
import type { SvgDrawing } from '../drawing/svg-drawing';
import { DARK_COLORS, type Figure } from '../figures/figure';
import { pictureBundle, show } from './show';

/**
 * Figures in notebooks: the PNG, which Plotly replaces by the interactive figure where scripts run, in the colours of the
 * reader's theme. As Plotly's own `init_notebook_mode`, one cell carries the library for all figures of the notebook, so
 * that it needs no network and no file beside it.
 */

/** A promise of Plotly that whichever cell is rendered first puts on the page. */
const SHARED = `window.roadwayPlotly ??= (() => { let resolve; const ready = new Promise((r) => { resolve = r; }); return { ready, resolve }; })();`;

/** How JupyterLab and VS Code mark a dark theme. */
const DARK_THEMES = ['body[data-jp-theme-light="false"]', 'body.vscode-dark', 'body.vscode-high-contrast'];

/** Brings Plotly (0.7 MB) into the notebook; for its first cell, and only in a kernel. Nothing is seen of it. */
export function showFiguresInteractively(): void {
  show({ 'text/html': notebookPlotlyHtml() });
}

/**
 * Shows a figure as the output of a cell, and writes it into a folder as {@link writeFigure} does. The saved notebook holds
 * it twice: interactive, and as the PNG that readers without scripts show.
 */
export async function showFigure(figure: Figure, folder: string): Promise<void> {
  const png = await writeFigure(folder, figure);
  show(pictureBundle(notebookFigureHtml(figure, png), png, figure.description));
}

/**
 * A figure without scripts; an object may return it to be shown as the value of a cell.
 *
 * @param id unlike that of any other figure
 */
export async function stillFigure(figure: Figure, id = randomBytes(8).toString('hex')) {
  const { svg, png } = await renderInlineSvgAndPng(figure, id);
  return stillBundle(svg, png, { id, width: figure.layout.width, description: figure.description });
}

/**
 * Shows a drawing as the output of a cell, in the colours of the reader's theme.
 *
 * @param file where it is written as a PNG, too
 */
export async function showDrawing({ svg, width, description }: SvgDrawing, file: string): Promise<void> {
  const png = await svgToPng(svg);
  writeFile(file, png);
  show(stillBundle(raw(drawnOnReadersPaper(svg)), png, { id: shortHash(svg, 16), width, description }));
}

/** Between two drawings, in milliseconds; each takes about half a second from what goes on. */
const INTERVAL = 5000;

/** A figure that is drawn again in its place while something goes on; without scripts, since it would flicker. */
export class LiveFigure {
  private readonly id = randomBytes(8).toString('hex');
  private shown = false;
  private drawnAt = Number.NEGATIVE_INFINITY;

  /** @param now draw it however soon after the last time, as at the end */
  async update(figure: () => Figure, { now = false }: { now?: boolean } = {}): Promise<void> {
    if (!now && performance.now() - this.drawnAt < INTERVAL) return;
    show(await stillFigure(figure(), this.id), { id: this.id, update: this.shown });
    this.shown = true;
    this.drawnAt = performance.now();
  }
}

/** A reader that trusts the notebook shows the SVG in its theme's colours; one that does not takes the style out, and shows the PNG. */
function stillBundle(
  svg: Html,
  png: Buffer,
  { id, width, description }: { id: string; width: number; description: string },
) {
  const [light, dark] = [false, true].map((dark) => colorVariables({ dark }));
  const style = `#figure-${id} { max-width: ${width}px; ${light} } ${DARK_THEMES.map((theme) => `${theme} #figure-${id}`).join(', ')} { ${dark} }
#figure-${id} img { display: none; } #figure-${id} svg { width: 100%; height: auto; overflow: visible; }`;
  const still = html`<style>${raw(style)}</style>
<div id="figure-${id}">${svg}<img alt="${description}" src="data:image/png;base64,${png.toString('base64')}" style="max-width:100%"></div>`;
  return pictureBundle(still, png, description);
}

/** @returns HTML for the output of a notebook's first cell; it shows nothing and brings Plotly. */
export function notebookPlotlyHtml(): string {
  const packed = gzipSync(readFileSync(plotlyBundlePath()), { level: 9 }).toString('base64');
  return `<script>
(async () => {
  ${SHARED}
  const packed = Uint8Array.from(atob('${packed}'), (character) => character.charCodeAt(0));
  const source = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
  const module = { exports: {} };
  new Function('module', 'exports', 'define', source)(module, module.exports, undefined);
  window.roadwayPlotly.resolve(module.exports);
})();
</script>`;
}

/** @returns HTML for the output of a cell: the figure's PNG, interactive once {@link notebookPlotlyHtml} has been shown. */
export function notebookFigureHtml({ data, layout, description }: Figure, png: Buffer): string {
  // Several notebooks may be open on one page; the same id then means the same figure.
  const id = shortHash([data, layout], 16);
  // Without a width of its own the figure fills the cell.
  const { width, ...fluid } = layout;
  const size = html`width="${width}" height="${layout.height}"`;
  const script = `(async () => {
  ${SHARED}
  const Plotly = await window.roadwayPlotly.ready;
  const colors = ${scriptJson(DARK_COLORS)};
  ${DARKENED_SCRIPT}
  const figure = ${scriptJson(plotlyWords({ data, layout: onReadersPaper(fluid) }))};
  for (const element of document.querySelectorAll('[data-figure="${id}"]:not([data-drawn])')) {
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', element.querySelector('img').alt);
    element.replaceChildren();
    const draw = () => {
      const theme = document.querySelector(${scriptJson(DARK_THEMES.join(', '))}) ? 'dark' : 'light';
      if (element.dataset.drawn === theme) return;
      element.dataset.drawn = theme;
      const shown = theme === 'dark' ? darkened(figure) : structuredClone(figure);
      Plotly.react(element, shown.data, shown.layout, ${scriptJson({ ...PLOTLY_CONFIG, responsive: true })});
    };
    draw();
    new MutationObserver(draw).observe(document.body, { attributes: true });
  }
})();`;
  const shown = html`<div data-figure="${id}" style="max-width:${width}px"><img ${size} alt="${description}" src="data:image/png;base64,${png.toString('base64')}" style="max-width:100%;height:auto"></div>
<script>
${raw(script)}
</script>`;
  return String(shown);
}
