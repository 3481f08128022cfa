import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import * as jupyter from 'tslab/dist/jupyter';
import { escapeHtml } from '../../html';
import { plotlyBundlePath } from '../drawing/plotly-window';
import { PLOTLY_CONFIG, renderPng, scriptJson, writeFigure } from '../drawing/render-figure';
import type { Figure } from '../figures/figure';

/**
 * Figures in notebooks: the PNG, which Plotly replaces by the interactive figure where scripts run. As Plotly's own
 * `init_notebook_mode`, one cell carries the library for all figures of the notebook, so that it needs no network and no
 * file beside it.
 */

/** A promise of Plotly that whichever cell is rendered first puts on the page. */
const SHARED = `window.roadwayPlotly ??= (() => { let resolve; const ready = new Promise((r) => { resolve = r; }); return { ready, resolve }; })();`;

/** Brings Plotly (0.7 MB) into the notebook; for its first cell, and only in a kernel. Nothing is seen of it. */
export function showFiguresInteractively(): void {
  send({ 'text/html': notebookPlotlyHtml() });
}

/**
 * Shows a figure as the output of a cell, and writes it into a folder as {@link writeFigure} does. The saved notebook holds
 * it twice: interactive, and as the PNG that readers without scripts show.
 */
export async function showFigure(figure: Figure, folder: string): Promise<void> {
  const png = await writeFigure(folder, figure);
  send({ 'text/html': notebookFigureHtml(figure, png), 'image/png': png.toString('base64') });
}

/** A figure that is drawn again in its place while something goes on, as PNG, since that is what every reader shows. */
export class LiveFigure {
  private readonly id = createHash('sha256').update(String(process.hrtime.bigint())).digest('hex').slice(0, 16);
  private shown = false;
  private drawnAt = Number.NEGATIVE_INFINITY;

  /** @param intervalSeconds between two drawings; each takes about half a second from what goes on */
  constructor(private readonly intervalSeconds = 5) {}

  /** @param now draw it however soon after the last time, as at the end */
  async update(figure: () => Figure, { now = false }: { now?: boolean } = {}): Promise<void> {
    if (!now && performance.now() - this.drawnAt < this.intervalSeconds * 1000) return;
    const png = await renderPng(figure());
    send({ 'image/png': png.toString('base64') }, this.id, this.shown);
    this.shown = true;
    this.drawnAt = performance.now();
  }
}

/** tslab's own `display` sends one form of an output; here one output has several, of which a reader takes the best it can. */
function send(data: Record<string, string>, displayId?: string, update = false): void {
  if (!jupyter.lastWriteDisplayData) throw new Error('a figure can be shown in a notebook only');
  jupyter.lastWriteDisplayData({ data, metadata: {}, transient: { display_id: displayId } }, update);
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
  const id = createHash('sha256')
    .update(scriptJson([data, layout]))
    .digest('hex')
    .slice(0, 16);
  // Without a width of its own the figure fills the cell.
  const { width, ...fluid } = layout;
  const size = `width="${width}" height="${layout.height}"`;
  return `<div data-figure="${id}" style="max-width:${width}px"><img ${size} alt="${escapeHtml(description)}" src="data:image/png;base64,${png.toString('base64')}" style="max-width:100%;height:auto"></div>
<script>
(async () => {
  ${SHARED}
  const Plotly = await window.roadwayPlotly.ready;
  for (const element of document.querySelectorAll('[data-figure="${id}"]:not([data-drawn])')) {
    element.dataset.drawn = '';
    element.replaceChildren();
    Plotly.newPlot(element, ${scriptJson(data)}, ${scriptJson(fluid)}, ${scriptJson({ ...PLOTLY_CONFIG, responsive: true })});
  }
})();
</script>`;
}
