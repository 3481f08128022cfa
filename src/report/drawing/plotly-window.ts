import { readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import type { Figure } from '../figures/figure';
import { parseTransform, textBox } from './svg-text';

/** The part of Plotly that is used here. */
interface Plotly {
  toImage(
    figure: Pick<Figure, 'data' | 'layout'>,
    options: { format: 'svg'; width: number; height: number; imageDataOnly: true },
  ): Promise<string>;
}

export interface PlotlyWindow {
  plotly: Plotly;
  parseSvg(text: string): Document;
  serialize(document: Document): string;
}

let opened: PlotlyWindow | null = null;

/** @returns the path of the bundle that draws here and in browsers, minified and without maps and 3D: 1.5 MB instead of 10. */
export function plotlyBundlePath(): string {
  return require.resolve('plotly.js-cartesian-dist-min');
}

/**
 * A window in which Plotly runs, loaded and opened when first used (0.3 s). LinkeDOM has no layout and no canvas; what
 * Plotly asks of them is answered here from the fonts' own metrics. On jsdom's tree a figure takes more than twice as long.
 */
export function plotlyWindow(): PlotlyWindow {
  if (!opened) {
    const { DOMParser, Element, HTMLCanvasElement, HTMLElement, Node, parseHTML, SVGElement } =
      require('linkedom') as typeof import('linkedom');
    measureText(Element, SVGElement);
    recordCanvas(HTMLCanvasElement);
    const serialize = (node: { toString(): string }) => tidyStyles(node.toString());
    // What a style says is all that there is: no sheet is read.
    const getComputedStyle = (element: ElementCSSInlineStyle) => element.style;
    const { document } = parseHTML('<!doctype html><html><head></head><body></body></html>', { getComputedStyle });
    // Of its own, so that a figure draws the same ids each time, and so that nothing is left in the kernel's global object.
    const random = Object.create(Math) as Math;
    const window = {
      ...{ DOMParser, Element, HTMLElement, Node, SVGElement },
      ...{ document, getComputedStyle, Math: random, navigator: { userAgent: '' } },
      ...{ setTimeout, clearTimeout, addEventListener() {}, removeEventListener() {} },
      URL: { createObjectURL: () => 'blob:none' },
      XMLSerializer: class {
        serializeToString = serialize;
      },
    };
    const module = { exports: {} };
    const names = { ...window, window, self: window, module, exports: module.exports };
    const script = compileFunction(readFileSync(plotlyBundlePath(), 'utf8'), Object.keys(names));
    script(...Object.values(names));
    const plotly = module.exports as Plotly;
    opened = {
      plotly: {
        toImage: (figure, options) => {
          random.random = repeatedRandom();
          return plotly.toImage(figure, options);
        },
      },
      parseSvg: (text) => new DOMParser().parseFromString(text, 'image/svg+xml') as unknown as Document,
      serialize: (document) => serialize(document.documentElement),
    };
  }
  return opened;
}

/** Styles as browsers write them; LinkeDOM also keeps the names of what was taken away. */
function tidyStyles(svg: string): string {
  return svg.replace(/ style="([^"]*)"/g, (_, style: string) => {
    const declarations = [...style.matchAll(/([\w-]+):((?:&\w+;|[^;])+)/g)].map(
      ([, name, value]) => `${name}: ${value.trim()};`,
    );
    return declarations.length > 0 ? ` style="${declarations.join(' ')}"` : '';
  });
}

function measureText(element: { prototype: unknown }, svgElement: { prototype: unknown }): void {
  const rectangle = (left: number, top: number, right: number, bottom: number) => {
    const box = { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
    return { ...box, toJSON: () => box };
  };
  const measured = (element: Element, transform: string | null) => {
    const box = textBox(element, parseTransform(transform));
    return box ? rectangle(box.left, box.top, box.right, box.bottom) : rectangle(0, 0, 0, 0);
  };
  // getBBox leaves the element's own transform out, getBoundingClientRect takes it in.
  Object.assign(element.prototype as Element, {
    getBoundingClientRect(this: Element) {
      return measured(this, this.getAttribute('transform'));
    },
  });
  // As the standard has it, and Plotly asks for: `text`, where LinkeDOM says `TEXT`.
  Object.defineProperty(svgElement.prototype, 'nodeName', {
    get(this: Element) {
      return this.localName;
    },
  });
  Object.assign(svgElement.prototype as SVGElement, {
    // Programs older than SVG 2 know a picture's address by its prefix alone.
    setAttributeNS(this: Element, namespace: string | null, name: string, value: string) {
      this.setAttribute(namespace?.endsWith('/xlink') && name === 'href' ? 'xlink:href' : name, value);
    },
    getBBox(this: Element) {
      return measured(this, null);
    },
    getComputedTextLength(this: Element) {
      return measured(this, null).width;
    },
  });
}

/** Plotly paints heat maps on a canvas; this one keeps the rectangles and hands them back as a small SVG. */
function recordCanvas({ prototype }: { prototype: unknown }): void {
  const drawings = new WeakMap<object, string[]>();
  const canvas = prototype as {
    getContext: (this: HTMLCanvasElement) => unknown;
    toDataURL: (this: HTMLCanvasElement) => string;
  };
  canvas.getContext = function context(this: HTMLCanvasElement) {
    const rectangles: string[] = [];
    drawings.set(this, rectangles);
    return {
      fillStyle: '',
      fillRect(this: { fillStyle: string }, x: number, y: number, width: number, height: number) {
        rectangles.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${this.fillStyle}"/>`);
      },
    };
  };
  canvas.toDataURL = function dataUrl(this: HTMLCanvasElement) {
    const size = `width="${this.width}" height="${this.height}"`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${drawings.get(this)?.join('') ?? ''}</svg>`;
    return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  };
}

/** Plotly draws the ids inside a picture at random; the same numbers each time make the same figure the same file. */
function repeatedRandom(): () => number {
  let state = 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
