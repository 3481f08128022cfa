import { readFileSync } from 'node:fs';
import type { DOMWindow } from 'jsdom';
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
 * A jsdom window in which Plotly runs, loaded and opened when first used (0.7 s). jsdom has no layout and no canvas; what
 * Plotly asks of them is answered here from the fonts' own metrics.
 */
export function plotlyWindow(): PlotlyWindow {
  if (!opened) {
    const { JSDOM } = require('jsdom') as typeof import('jsdom');
    const { window } = new JSDOM('<!doctype html><body></body>', {
      runScripts: 'outside-only',
      pretendToBeVisual: true,
    });
    measureText(window);
    recordCanvas(window);
    window.URL.createObjectURL = () => 'blob:none';
    window.eval(readFileSync(plotlyBundlePath(), 'utf8'));
    const plotly = (window as unknown as { Plotly: Plotly }).Plotly;
    opened = {
      plotly: {
        toImage: (figure, options) => {
          restartRandom(window);
          return plotly.toImage(figure, options);
        },
      },
      parseSvg: (text) => new window.DOMParser().parseFromString(text, 'image/svg+xml'),
      serialize: (document) => new window.XMLSerializer().serializeToString(document),
    };
  }
  return opened;
}

function measureText(window: DOMWindow): void {
  const rectangle = (left: number, top: number, right: number, bottom: number) => {
    const box = { x: left, y: top, left, top, right, bottom, width: right - left, height: bottom - top };
    return { ...box, toJSON: () => box };
  };
  const measured = (element: Element, transform: string | null) => {
    const box = textBox(element, parseTransform(transform));
    return box ? rectangle(box.left, box.top, box.right, box.bottom) : rectangle(0, 0, 0, 0);
  };
  // getBBox leaves the element's own transform out, getBoundingClientRect takes it in.
  window.Element.prototype.getBoundingClientRect = function boundingClientRect(this: Element) {
    return measured(this, this.getAttribute('transform'));
  };
  const svgElement = window.SVGElement.prototype as unknown as SVGTextElement;
  svgElement.getBBox = function boundingBox(this: Element) {
    return measured(this, null);
  };
  svgElement.getComputedTextLength = function computedTextLength(this: Element) {
    return measured(this, null).width;
  };
}

/** Plotly paints heat maps on a canvas; this one keeps the rectangles and hands them back as a small SVG. */
function recordCanvas(window: DOMWindow): void {
  const drawings = new WeakMap<object, string[]>();
  const canvas = window.HTMLCanvasElement.prototype as unknown as {
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

/** Plotly draws the ids inside a picture at random; starting again each time makes the same figure the same file. */
function restartRandom(window: DOMWindow): void {
  let state = 1;
  (window as unknown as { Math: Math }).Math.random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
