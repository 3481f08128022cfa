import { textExtent, textOutline, textWidth, type Weight } from './fonts';

/**
 * Text in SVG pictures: where it lies, and its replacement by outlines. LinkeDOM lays nothing out and librsvg takes whatever
 * font the system has, so both jobs are done here, from the same font files: what Plotly measures is what is drawn.
 */

/** The smallest rectangle around something, in the coordinates of its parent. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** An affine map [a b c d e f] as in SVG's `matrix()`. */
export type Matrix = readonly [number, number, number, number, number, number];

interface Run {
  text: string;
  x: number;
  y: number;
  size: number;
  weight: Weight;
  fill: string;
}

const IDENTITY: Matrix = [1, 0, 0, 1, 0, 0];
const DEFAULT_SIZE = 12;

/** @returns a `transform` attribute as one matrix; functions Plotly does not write (skews) are an error. */
export function parseTransform(transform: string | null): Matrix {
  let matrix = IDENTITY;
  for (const [, name, list] of (transform ?? '').matchAll(/(\w+)\s*\(([^)]*)\)/g)) {
    const values = list
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
    matrix = multiply(matrix, transformFunction(name, values));
  }
  return matrix;
}

function transformFunction(name: string, values: number[]): Matrix {
  const [first = 0, second, third = 0] = values;
  if (name === 'translate') return [1, 0, 0, 1, first, second ?? 0];
  if (name === 'scale') return [first, 0, 0, second ?? first, 0, 0];
  if (name === 'matrix') return values as unknown as Matrix;
  if (name === 'rotate') {
    const angle = (first * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [x, y] = [second ?? 0, third];
    return [cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y];
  }
  throw new RangeError(`SVG transform "${name}" is not known here`);
}

function multiply([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

/** @returns the box around all text below `element`, in pixels; null where there is none. `matrix` maps its content. */
export function textBox(element: Element, matrix: Matrix = IDENTITY): Box | null {
  const corners = textCorners(element, matrix);
  if (corners.length === 0) return null;
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** Those of the rectangles around each piece of text, mapped. */
function textCorners(element: Element, matrix: Matrix): [x: number, y: number][] {
  if (element.tagName.toLowerCase() === 'text') return textRuns(element).flatMap((run) => runCorners(run, matrix));
  return Array.from(element.children)
    .filter((child) => inherited(child, 'display') !== 'none')
    .flatMap((child) => textCorners(child, multiply(matrix, parseTransform(child.getAttribute('transform')))));
}

function runCorners({ text, x, y, size, weight }: Run, [a, b, c, d, e, f]: Matrix): [x: number, y: number][] {
  const { ascent, descent } = textExtent(size, weight);
  return [x, x + textWidth(text, size, weight)].flatMap((x) =>
    [y - ascent, y + descent].map((y): [number, number] => [a * x + c * y + e, b * x + d * y + f]),
  );
}

/**
 * Replaces each `<text>` of a document by a group of outlines that carries the words as its `aria-label`, for readers
 * and for programs.
 */
export function outlineText(document: Document): void {
  for (const text of Array.from(document.querySelectorAll('text'))) {
    const group = document.createElementNS('http://www.w3.org/2000/svg', 'g');
    const label = (text.textContent ?? '').replace(/\u200b/g, '').trim();
    if (label) group.setAttribute('aria-label', label);
    for (const name of ['class', 'transform']) {
      const value = text.getAttribute(name);
      if (value) group.setAttribute(name, value);
    }
    for (const run of textRuns(text)) {
      const outline = textOutline(run.text, run.x, run.y, run.size, run.weight);
      if (!outline) continue;
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('d', outline);
      path.setAttribute('fill', run.fill);
      group.appendChild(path);
    }
    const opacity = inherited(text, 'fill-opacity') || '1';
    if (opacity !== '1') group.setAttribute('fill-opacity', opacity);
    text.replaceWith(group);
  }
}

/** Lines and spans of a `<text>`, placed as SVG places them: `x`, `y` start again, `dx`, `dy` add, each chunk is anchored. */
function textRuns(text: Element): Run[] {
  const runs: Run[] = [];
  const cursor = { x: 0, y: 0 };
  let chunk: Run[] = [];

  const anchorChunk = () => {
    const width = chunk.reduce((sum, run) => sum + textWidth(run.text, run.size, run.weight), 0);
    const anchor = inherited(text, 'text-anchor');
    const shift = anchor === 'middle' ? -width / 2 : anchor === 'end' ? -width : 0;
    for (const run of chunk) run.x += shift;
    chunk = [];
  };

  const visit = (element: Element) => {
    const size = Number.parseFloat(inherited(element, 'font-size')) || DEFAULT_SIZE;
    const length = (name: string): number | null => {
      const value = element.getAttribute(name);
      if (value === null || value === '') return null;
      return Number.parseFloat(value) * (value.trim().endsWith('em') ? size : 1);
    };
    const [x, y] = [length('x'), length('y')];
    if (x !== null || y !== null) anchorChunk();
    cursor.x = (x ?? cursor.x) + (length('dx') ?? 0);
    cursor.y = (y ?? cursor.y) + (length('dy') ?? 0);
    for (const node of Array.from(element.childNodes)) {
      if (node.nodeType === 1) visit(node as Element);
      else if (node.nodeType === 3 && node.nodeValue) {
        const weight = isBold(inherited(element, 'font-weight')) ? 600 : 400;
        const fill = inherited(element, 'fill') || '#000';
        const run = { text: node.nodeValue, x: cursor.x, y: cursor.y, size, weight, fill } as Run;
        cursor.x += textWidth(run.text, size, run.weight);
        runs.push(run);
        chunk.push(run);
      }
    }
  };

  visit(text);
  anchorChunk();
  return runs;
}

/** A presentation property as the element sees it: its style, its attribute, or its nearest ancestor's. */
function inherited(element: Element, name: string): string {
  for (let current: Element | null = element; current; current = current.parentElement) {
    const value =
      (current as Element & ElementCSSInlineStyle).style?.getPropertyValue(name) || current.getAttribute(name);
    if (value) return value;
  }
  return '';
}

function isBold(weight: string): boolean {
  return weight === 'bold' || Number(weight) >= 550;
}
