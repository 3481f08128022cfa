import { DOMParser } from 'linkedom';
import type { Box } from '../../../src/report/drawing/svg-text';

/** Where the words of an outlined SVG really are: the extent of each labelled group's paths, read off their coordinates. */
export function labelBoxes(svg: string): (Box & { label: string })[] {
  const document = new DOMParser().parseFromString(svg, 'image/svg+xml');
  return [...document.querySelectorAll('svg > g [aria-label], svg > [aria-label]')].flatMap((group) => {
    const points = [group, ...group.querySelectorAll('path')].flatMap((path) =>
      [...(path.getAttribute('d') ?? '').matchAll(/[A-Z]([^A-Z]*)/g)].flatMap(([, numbers]) => {
        const values = (numbers.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
        return Array.from({ length: values.length / 2 }, (_, index) => [values[2 * index], values[2 * index + 1]]);
      }),
    );
    if (points.length === 0) return [];
    const placed = points.map((point) => toPage(group, point));
    const xs = placed.map(([x]) => x);
    const ys = placed.map(([, y]) => y);
    const label = group.getAttribute('aria-label') ?? '';
    return [{ label, left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) }];
  });
}

/** Applies the transforms of an element and of all above it; translate, scale and rotate are what figures hold. */
function toPage(element: Element, point: number[]): number[] {
  let [x, y] = point;
  for (let current: Element | null = element; current; current = current.parentElement) {
    const steps = [...(current.getAttribute('transform') ?? '').matchAll(/(\w+)\(([^)]*)\)/g)].reverse();
    for (const [, name, list] of steps) {
      const [a, b = 0, c = 0] = list.split(/[\s,]+/).map(Number);
      if (name === 'translate') [x, y] = [x + a, y + b];
      else if (name === 'scale') [x, y] = [x * a, y * (list.match(/[\s,]/) ? b : a)];
      else if (name === 'rotate') {
        const angle = (a * Math.PI) / 180;
        const [dx, dy] = [x - b, y - c];
        [x, y] = [b + dx * Math.cos(angle) - dy * Math.sin(angle), c + dx * Math.sin(angle) + dy * Math.cos(angle)];
      } else throw new Error(`unexpected transform ${name}`);
    }
  }
  return [x, y];
}
