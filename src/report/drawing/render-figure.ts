import { copyFile, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { writeFile } from '../../files/write-file';
import { type Html, html, raw } from '../../html';
import { cssColor, DARK_COLORS, type Figure, rgbOf } from '../figures/figure';
import { columnFigure } from '../figures/figure-variants';
import { colorVariable, onReadersPaper } from './figure-colors';
import { plotlyBundlePath, plotlyWindow } from './plotly-window';
import { plotlyWords } from './plotly-words';
import { outlineText } from './svg-text';

/** Name of Plotly's bundle beside the figures' pages, which link it: 1.5 MB once a folder instead of in every page. */
const PLOTLY_FILE = 'plotly.min.js';

/** How figures behave in a browser: no brand, and no button that would send the data away. */
export const PLOTLY_CONFIG = {
  displaylogo: false,
  plotlyServerURL: '',
  modeBarButtonsToRemove: ['sendChartToCloud', 'select2d', 'lasso2d'],
};

/** @returns the figure as an SVG document whose text is outlined, so that it needs no font; the same bytes each time. */
export async function renderSvg(figure: Figure): Promise<string> {
  const document = await drawSvg(figure);
  outlineText(document);
  return plotlyWindow().serialize(document);
}

/**
 * The figure as an `<svg>` to be put into a page: its words are text in the page's font, its paper is the page's, and
 * colours of the theme are the variables of `colorVariables`, so that it follows the page's light or dark.
 *
 * @param id unlike that of any other figure of the page
 */
export async function renderInlineSvg(figure: Figure, id: string): Promise<Html> {
  return inlineSvg(await drawSvg({ ...figure, layout: onReadersPaper(figure.layout) }), id);
}

/** As {@link renderInlineSvg}, and the same drawing as a PNG on white paper; for a figure that is drawn again and again. */
export async function renderInlineSvgAndPng(figure: Figure, id: string): Promise<{ svg: Html; png: Buffer }> {
  const document = await drawSvg({ ...figure, layout: onReadersPaper(figure.layout) });
  const svg = inlineSvg(document, id);
  outlineText(document);
  return { svg, png: await svgToPng(plotlyWindow().serialize(document)) };
}

function inlineSvg(document: Document, id: string): Html {
  // The legend is clipped at its measured width, which the page's font may exceed.
  for (const legend of document.querySelectorAll('.legend .scrollbox')) legend.removeAttribute('clip-path');
  const themed = Object.keys(DARK_COLORS).reduce(
    (svg, color) => svg.replaceAll(`: ${cssColor(rgbOf(color))};`, `: var(${colorVariable(color)});`),
    plotlyWindow().serialize(document),
  );
  // Plotly names its clip paths alike in every figure, since chance begins again for each.
  return raw(
    themed
      .replace(/font-family: [^;]*;/g, '')
      .replace(/ id="/g, `$&${id}-`)
      .replace(/url\((["']?|&quot;)#/g, `$&${id}-`),
  );
}

async function drawSvg(figure: Figure): Promise<Document> {
  const { plotly, parseSvg } = plotlyWindow();
  const { width, height } = figure.layout;
  const drawn = await plotly.toImage(plotlyWords({ data: figure.data, layout: figure.layout }), {
    format: 'svg',
    width,
    height,
    imageDataOnly: true,
  });
  const document = parseSvg(drawn);
  document.documentElement.setAttribute('role', 'img');
  document.documentElement.setAttribute('aria-label', figure.description);
  return document;
}

/** @returns the figure as a PNG of `scale` pixels for each of the figure's. */
export async function renderPng(figure: Figure, { scale = 2 }: { scale?: number } = {}): Promise<Buffer> {
  return svgToPng(await renderSvg(figure), scale);
}

/**
 * @param scale pixels for each of the document's
 * @param dotsPerInch what the file says about how large it is to be printed
 * @returns an SVG document that holds no text, as a PNG
 */
export function svgToPng(svg: string, scale = 2, dotsPerInch?: number): Promise<Buffer> {
  const picture = sharp(Buffer.from(svg), { density: 72 * scale }).flatten({ background: '#ffffff' });
  return (dotsPerInch ? picture.withMetadata({ density: dotsPerInch }) : picture).png().toBuffer();
}

/** Of the PNG for papers. */
const PRINT_DOTS_PER_INCH = 300;
const CSS_PIXELS_PER_INCH = 96;

/** @returns the figure for a column of a paper, 3.5 inches wide: as an SVG that says so, and as a PNG of 300 dots per inch. */
async function renderPrint(figure: Figure): Promise<{ svg: string; png: Buffer }> {
  const column = columnFigure(figure);
  const svg = await renderSvg(column);
  const inInches = (_: string, name: string, pixels: string) => ` ${name}="${Number(pixels) / CSS_PIXELS_PER_INCH}in"`;
  return {
    svg: svg.replace(/^<svg[^>]*>/, (tag) => tag.replace(/ (width|height)="(\d+)"/g, inInches)),
    png: await svgToPng(svg, PRINT_DOTS_PER_INCH / CSS_PIXELS_PER_INCH, PRINT_DOTS_PER_INCH),
  };
}

/** @returns a page that draws the figure interactively with the {@link PLOTLY_FILE} beside it, and shows the PNG without scripts. */
export function renderHtml({ name, description, data, layout }: Figure): string {
  // Without a width of its own the figure fills the window it is shown in.
  const { width, ...fluid } = layout;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${description}</title>
<style>
body { margin: 0; background: #fff; }
#figure { min-width: 640px; max-width: ${Math.round(width * 1.4)}px; min-height: ${layout.height}px; margin: 0 auto; }
img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
</style>
</head>
<body>
<div id="figure" role="img" aria-label="${description}"></div>
<noscript><style>#figure { display: none; }</style><img src="${encodeURIComponent(name)}.png" width="${width}" height="${layout.height}" alt="${description}"></noscript>
<script src="${PLOTLY_FILE}"></script>
<script>
Plotly.newPlot('figure', ${scriptJson(plotlyWords(data))}, ${scriptJson(plotlyWords(fluid))}, ${scriptJson({ ...PLOTLY_CONFIG, responsive: true })});
</script>
</body>
</html>
`;
  return String(page);
}

/**
 * Writes `<name>.png`, `<name>.svg` and `<name>.html` into the folder, with Plotly's bundle beside them; and for papers
 * `print/<name>.svg` and `print/<name>.png`.
 *
 * @returns the PNG
 */
export async function writeFigure(folder: string, figure: Figure): Promise<Buffer> {
  await mkdir(folder, { recursive: true });
  await copyPlotly(folder);
  const svg = await renderSvg(figure);
  // sharp works in threads of its own: the figure for papers is laid out meanwhile.
  const [png, print] = await Promise.all([svgToPng(svg), renderPrint(figure)]);
  const file = (extension: string) => path.join(folder, `${figure.name}.${extension}`);
  writeFile(file('svg'), svg);
  writeFile(file('png'), png);
  writeFile(file('html'), renderHtml(figure));
  writeFile(path.join(folder, 'print', `${figure.name}.svg`), print.svg);
  writeFile(path.join(folder, 'print', `${figure.name}.png`), print.png);
  return png;
}

async function copyPlotly(folder: string): Promise<void> {
  const source = plotlyBundlePath();
  const target = path.join(folder, PLOTLY_FILE);
  const size = (file: string) =>
    stat(file).then(
      (found) => found.size,
      () => -1,
    );
  if ((await size(target)) !== (await size(source))) await copyFile(source, target);
}

/** @returns JSON that cannot end the script it stands in. */
export function scriptJson(value: unknown): Html {
  return raw(JSON.stringify(value).replace(/</g, '\\u003c'));
}
