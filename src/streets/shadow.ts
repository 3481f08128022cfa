import { closedPath, type Point3, signedArea } from './camera';
import { type Rgb, scale } from './color';
import type { Stage } from './light';
import type { Shape } from './svg';

/** A thing that keeps light from the ground: its outline there, and how high it reaches. */
export interface Caster {
  readonly footprint: readonly (readonly [x: number, z: number])[];
  readonly height: number;
  /** Height of the ground it stands on, in metres; 0 for the road. */
  readonly base?: number;
}

/** A shadow longer than this is cut off, in metres. */
const LONGEST = 40;

/**
 * @returns the shadows on the ground as one shape, so that none is dark twice: each footprint, the footprint moved away
 * from the sun by its height, and what lies between.
 */
export function castShadows({ camera, light }: Stage, casters: readonly Caster[]): Shape {
  const [sunX, sunY, sunZ] = light.sun;
  const paths: string[] = [];
  for (const { footprint, height, base = 0 } of casters) {
    const reach = Math.min(height / sunY, LONGEST);
    const moved = footprint.map(([x, z]) => [x - sunX * reach, z - sunZ * reach] as const);
    const hull = convexHull([...footprint, ...moved]);
    const points = hull.map(([x, z]): Point3 => [x, base + 0.02, Math.max(z, 0.8)]);
    const projected = points.map((point) => camera.project(point));
    paths.push(closedPath(...(signedArea(projected) > 0 ? projected : projected.reverse())));
  }
  return { label: null, path: paths.join(''), fill: shadowColor(light.ambient), opacity: light.shadow };
}

/** @returns the soft dark where things stand on the ground, whatever the weather. */
export function contactShadows({ camera }: Stage, casters: readonly Caster[]): Shape {
  const paths = casters.map(({ footprint, base = 0 }) => {
    const points = footprint.map(([x, z]) => camera.project([x, base + 0.02, Math.max(z, 0.8)]));
    return closedPath(...(signedArea(points) > 0 ? points : points.reverse()));
  });
  return { label: null, path: paths.join(''), fill: [16, 17, 20], opacity: 0.5 };
}

/** @returns the footprint of something `width` across and `length` long, turned by `heading`. */
export function footprint(x: number, z: number, width: number, length = width, heading = 0): [number, number][] {
  const [sin, cos] = [Math.sin(heading), Math.cos(heading)];
  return [
    [-1, -1],
    [-1, 1],
    [1, 1],
    [1, -1],
  ].map(([across, along]) => {
    const [a, b] = [(across * width) / 2, (along * length) / 2];
    return [x + a * cos + b * sin, z - a * sin + b * cos];
  });
}

/** @returns a round footprint. */
export function roundFootprint(x: number, z: number, radius: number): [number, number][] {
  return Array.from({ length: 10 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 10;
    return [x + radius * Math.cos(angle), z + radius * Math.sin(angle)];
  });
}

function shadowColor(ambient: Rgb): Rgb {
  return scale(ambient, 46);
}

/** Andrew's monotone chain. */
function convexHull(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (ordered: typeof sorted) => {
    const chain: (readonly [number, number])[] = [];
    for (const point of ordered) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.reverse())];
}

function turn(a: readonly [number, number], b: readonly [number, number], c: readonly [number, number]): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
