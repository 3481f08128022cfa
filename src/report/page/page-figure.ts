import { type Html, html } from '../../html';
import { DARKENED_SCRIPT, onReadersPaper } from '../drawing/figure-colors';
import { plotlyWords } from '../drawing/plotly-words';
import { PLOTLY_CONFIG, renderInlineSvg, scriptJson } from '../drawing/render-figure';
import { DARK_COLORS, type Figure } from '../figures/figure';
import { bareFigure, columnFigure, figureTitle } from '../figures/figure-variants';

/**
 * Figures in a page: pictures in the page's own font and colours that need no script, wide and, for a phone, narrow; where
 * scripts run, {@link FIGURES_SCRIPT} draws the same interactively as they come into view.
 */

export interface PageFigure {
  /** Unlike that of any other figure of the page; letters, digits and dashes. */
  id: string;
  figure: Figure;
  /** Shown as on a phone at any width, so that several stand side by side. */
  narrow?: boolean;
  /** Whether the figure's own title is shown; where it is the only one under a heading that says the same, it is not. */
  titled?: boolean;
}

/** In a figure as narrow as a column, in pixels. */
const LETTERS = 10;

/** @returns a `<figure>` */
export async function pageFigureHtml({ id, figure, narrow = false, titled = true }: PageFigure): Promise<Html> {
  const { title, subtitle } = figureTitle(figure);
  const wide = !narrow && html`<div class="wide">${await renderInlineSvg(bareFigure(figure), `${id}-wide`)}</div>`;
  const column = html`<div class="column">${await renderInlineSvg(columnFigure(figure, LETTERS), `${id}-column`)}</div>`;
  return html`<figure class="chart${narrow && ' narrow'}" id="${id}">
${titled && html`<h3>${title}</h3>`}
<div class="still">${wide}${column}</div>
<div class="live" role="img" aria-label="${figure.description}" hidden></div>
${subtitle && html`<figcaption>${subtitle}</figcaption>`}
</figure>`;
}

/** @returns what {@link FIGURES_SCRIPT} draws, as a script that holds data only */
export function figuresData(figures: readonly PageFigure[]): Html {
  const specification = ({ data, layout: { width: _, ...layout } }: Figure, more: object) =>
    plotlyWords({ data, layout: { ...onReadersPaper(layout), ...more } });
  const entries = figures.map(({ id, figure, narrow }) => {
    // On a touch screen a finger on a figure scrolls the page.
    const column = specification(columnFigure(figure, LETTERS), { dragmode: false });
    return [id, narrow ? { column } : { wide: specification(bareFigure(figure), {}), column }];
  });
  const content = { figures: Object.fromEntries(entries), colors: DARK_COLORS, config: PLOTLY_CONFIG };
  return html`<script type="application/json" id="figures-data">${scriptJson(content)}</script>`;
}

/** CSS of {@link pageFigureHtml}; 40rem is where the page turns to a phone's layout. Printed, the pictures are shown. */
export const FIGURES_STYLE = `
.chart svg { display: block; width: 100%; height: auto; overflow: visible; }
.chart .column, .chart.narrow .wide { display: none; }
.chart.narrow .column { display: block; }
.chart [hidden] { display: none; }
@media (max-width: 40rem) { .chart .wide { display: none; } .chart .column { display: block; } }
@media print { .chart .live { display: none; } .chart .still[hidden] { display: block; } }`;

/** Browser code; `Plotly` is there already. */
export const FIGURES_SCRIPT = `
(() => {
  const { figures, colors, config } = JSON.parse(document.getElementById('figures-data').textContent);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const phone = matchMedia('(max-width: 40rem)');
  ${DARKENED_SCRIPT}
  const draw = async (element) => {
    const { wide, column } = figures[element.id];
    const narrow = !wide || phone.matches;
    const { data, layout } = structuredClone(narrow ? column : wide);
    const [live, still] = [element.querySelector('.live'), element.querySelector('.still')];
    live.hidden = false;
    still.hidden = true;
    const settings = { ...config, responsive: true, displayModeBar: narrow ? false : 'hover' };
    const shown = dark.matches ? darkened({ data, layout }) : { data, layout };
    await Plotly.react(live, shown.data, shown.layout, settings);
    live.dataset.drawn = dark.matches ? 'dark' : 'light';
  };
  const drawn = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries)
      if (isIntersecting && !drawn.has(target)) {
        drawn.add(target);
        draw(target);
      }
  }, { rootMargin: '300px' });
  for (const id of Object.keys(figures)) watch.observe(document.getElementById(id));
  for (const media of [dark, phone]) media.addEventListener('change', () => drawn.forEach(draw));
})();`;
