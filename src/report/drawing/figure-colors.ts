import { DARK_COLORS, INK, MUTED_INK, type PlotlyLayout } from '../figures/figure';

/** How figures take the colours of the page, the notebook or the theme that they are shown in. */

/** The CSS variable that stands for a colour of the theme. @param color as `#rrggbb` */
export function colorVariable(color: string): string {
  return `--figure-${color.slice(1)}`;
}

/** @returns declarations of all the variables, in the colours for dark paper or for white */
export function colorVariables({ dark }: { dark: boolean }): string {
  return Object.entries(DARK_COLORS)
    .map(([light, instead]) => `${colorVariable(light)}: ${dark ? instead : light};`)
    .join(' ');
}

/** @returns CSS that gives the variables their colours, by the reader's light or dark. */
export function figureColorsCss(): string {
  return `:root { ${colorVariables({ dark: false })} }
@media screen and (prefers-color-scheme: dark) { :root { ${colorVariables({ dark: true })} } }`;
}

/** An SVG drawing on the reader's paper, in colours of the theme. @param svg as `svgDocument` makes it */
export function drawnOnReadersPaper(svg: string): string {
  const onPaper = svg.replace('fill="#ffffff"', 'fill="none"');
  return Object.keys(DARK_COLORS).reduce(
    (drawn, color) => drawn.replaceAll(`"${color}"`, `"var(${colorVariable(color)})"`),
    onPaper,
  );
}

/** The layout of a figure on the reader's own paper. */
export function onReadersPaper<T extends PlotlyLayout>(layout: T): T {
  return {
    ...layout,
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    modebar: { bgcolor: 'rgba(0,0,0,0)', color: MUTED_INK, activecolor: INK },
  };
}

/** Browser code: `darkened` gives a figure the colours for dark paper; `colors` are {@link DARK_COLORS}. */
export const DARKENED_SCRIPT = `const darkened = (value) => {
    if (typeof value === 'string') return colors[value] ?? value;
    if (Array.isArray(value)) return value.map(darkened);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, darkened(part)]));
  };`;
