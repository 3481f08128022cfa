import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Figure } from './figure';
import { escapeHtml } from './html';
import { plotlyBundlePath } from './plotly-window';
import { PLOTLY_CONFIG, renderPng, scriptJson } from './render-figure';

/**
 * Figures in notebooks: the PNG, which Plotly replaces by the interactive figure where scripts run. As Plotly's own
 * `init_notebook_mode`, one cell carries the library for all figures of the notebook, so that it needs no network and no
 * file beside it.
 */

/** A promise of Plotly that whichever cell is rendered first puts on the page. */
const SHARED = `window.roadwayPlotly ??= (() => { let resolve; const ready = new Promise((r) => { resolve = r; }); return { ready, resolve }; })();`;

/** @returns HTML (0.7 MB) for the output of a notebook's first cell; it shows nothing and brings Plotly. */
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
export async function notebookFigureHtml(figure: Figure): Promise<string> {
  const png = await renderPng(figure);
  const { data, layout, description } = figure;
  // Several notebooks may be open on one page; the same id then means the same figure.
  const id = createHash('sha256')
    .update(scriptJson([data, layout]))
    .digest('hex')
    .slice(0, 16);
  const size = `width="${layout.width}" height="${layout.height}"`;
  return `<div data-figure="${id}"><img ${size} alt="${escapeHtml(description)}" src="data:image/png;base64,${png.toString('base64')}" style="max-width:100%;height:auto"></div>
<script>
(async () => {
  ${SHARED}
  const Plotly = await window.roadwayPlotly.ready;
  for (const element of document.querySelectorAll('[data-figure="${id}"]:not([data-drawn])')) {
    element.dataset.drawn = '';
    element.replaceChildren();
    Plotly.newPlot(element, ${scriptJson(data)}, ${scriptJson(layout)}, ${scriptJson(PLOTLY_CONFIG)});
  }
})();
</script>`;
}
