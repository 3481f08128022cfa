import { copyFile, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { writeFile } from '../experiment/write-file';
import type { Figure } from './figure';
import { escapeHtml } from './html';
import { plotlyBundlePath, plotlyWindow } from './plotly-window';
import { outlineText } from './svg-text';

/** Name of Plotly's bundle beside the figures' pages, which link it: 1.5 MB once a folder instead of in every page. */
export const PLOTLY_FILE = 'plotly.min.js';

/** How figures behave in a browser: no brand, and no button that would send the data away. */
export const PLOTLY_CONFIG = {
  displaylogo: false,
  plotlyServerURL: '',
  modeBarButtonsToRemove: ['sendChartToCloud', 'select2d', 'lasso2d'],
};

/** @returns the figure as an SVG document whose text is outlined, so that it needs no font; the same bytes each time. */
export async function renderSvg(figure: Figure): Promise<string> {
  const { plotly, parseSvg, serialize } = plotlyWindow();
  const { width, height } = figure.layout;
  const drawn = await plotly.toImage(
    { data: structuredClone(figure.data), layout: structuredClone(figure.layout) },
    { format: 'svg', width, height, imageDataOnly: true },
  );
  const document = parseSvg(drawn);
  outlineText(document);
  document.documentElement.setAttribute('role', 'img');
  document.documentElement.setAttribute('aria-label', figure.description);
  return serialize(document);
}

/** @returns the figure as a PNG of `scale` pixels for each of the figure's. */
export async function renderPng(figure: Figure, { scale = 2 }: { scale?: number } = {}): Promise<Buffer> {
  return svgToPng(await renderSvg(figure), scale);
}

/** @returns an SVG document that holds no text, as a PNG. */
export function svgToPng(svg: string, scale = 2): Promise<Buffer> {
  return sharp(Buffer.from(svg), { density: 72 * scale })
    .flatten({ background: '#ffffff' })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/** @returns a page that draws the figure interactively with the {@link PLOTLY_FILE} beside it, and shows the PNG without scripts. */
export function renderHtml({ name, description, data, layout }: Figure): string {
  // Without a width of its own the figure fills the window it is shown in.
  const { width, ...fluid } = layout;
  const alternative = escapeHtml(description);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${alternative}</title>
<style>
body { margin: 0; background: #fff; }
#figure { min-width: 640px; max-width: ${Math.round(width * 1.4)}px; min-height: ${layout.height}px; margin: 0 auto; }
img { display: block; max-width: 100%; height: auto; margin: 0 auto; }
</style>
</head>
<body>
<div id="figure" role="img" aria-label="${alternative}"></div>
<noscript><style>#figure { display: none; }</style><img src="${encodeURIComponent(name)}.png" width="${width}" height="${layout.height}" alt="${alternative}"></noscript>
<script src="${PLOTLY_FILE}"></script>
<script>
Plotly.newPlot('figure', ${scriptJson(data)}, ${scriptJson(fluid)}, ${scriptJson({ ...PLOTLY_CONFIG, responsive: true })});
</script>
</body>
</html>
`;
}

/** Writes `<name>.png`, `<name>.svg` and `<name>.html` into the folder, with Plotly's bundle beside them. */
export async function writeFigure(folder: string, figure: Figure): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyPlotly(folder);
  const svg = await renderSvg(figure);
  const file = (extension: string) => path.join(folder, `${figure.name}.${extension}`);
  writeFile(file('svg'), svg);
  writeFile(file('png'), await svgToPng(svg));
  writeFile(file('html'), renderHtml(figure));
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
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}
