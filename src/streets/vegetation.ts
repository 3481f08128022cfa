import { labelNamed } from '../labels';
import type { Random } from '../random';
import { closedPath, type Point2, smoothPath } from './camera';
import { mix, type Rgb, scale, vary } from './color';
import type { EnclosurePlan } from './enclosure';
import { type Stage, shade, shadeRound } from './light';
import type { Item, Shape } from './svg';

const VEGETATION = labelNamed('vegetation').id;

const BARK: Rgb = [92, 78, 64];

export interface TreePlan {
  readonly x: number;
  readonly z: number;
  /** Metres from the ground to the top, and across the crown. */
  readonly height: number;
  readonly crown: number;
  readonly foliage: Rgb;
}

/** @returns a tree: trunk, boughs and a crown of leafy clumps, lit from the sun's side. All of it is vegetation. */
export function tree(stage: Stage, plan: TreePlan, random: Random): Item {
  const { camera, light } = stage;
  const { x, z, height, crown } = plan;
  const frame = camera.upright(x, z);
  const unit = frame.scale;
  const distance = z;
  const radius = crown / 2;
  const crownBottom = Math.min(height * random.uniform(0.26, 0.4), height - crown * 0.6);
  const middle = (crownBottom + height) / 2;
  const girth = 0.05 + height * 0.018;
  const lean = random.normal(0, 0.15);
  const bark = shadeRound(light, vary(BARK, random, 8), distance, 0.4);
  const shapes: Shape[] = [
    {
      label: VEGETATION,
      path: frame.polygon(
        [-girth * 1.3, 0],
        [-girth * 0.8, crownBottom * 0.4],
        [lean - girth * 0.6, middle],
        [lean + girth * 0.6, middle],
        [girth * 0.8, crownBottom * 0.4],
        [girth * 1.3, 0],
      ),
      fill: bark,
    },
  ];
  const towardsSun = Math.sign(light.sun[0]) || 1;
  const foliage = vary(plan.foliage, random, 8);
  const clumps = unit * crown > 120 ? 15 : unit * crown > 50 ? 9 : 5;
  const leaf = (across: number, up: number, size: number, brightness: number) => {
    shapes.push({
      label: VEGETATION,
      path: leafy(stage, frame.point(across, up), size * unit, random),
      fill: shadeRound(light, scale(foliage, brightness), distance, 0.6),
    });
  };
  leaf(lean, middle, radius * 0.92, 0.62);
  for (let i = 0; i < clumps; i++) {
    const angle = random.uniform(0, 2 * Math.PI);
    const out = Math.sqrt(random.next());
    const across = lean + Math.cos(angle) * radius * 0.78 * out;
    const up = middle + Math.sin(angle) * (height - crownBottom) * 0.36 * out;
    const lit = 0.5 * Math.sin(angle) * out + 0.35 * Math.cos(angle) * out * towardsSun;
    leaf(across, up, radius * random.uniform(0.3, 0.5), 0.86 + 0.34 * lit + random.normal(0, 0.05));
  }
  return { depth: z, shapes };
}

/** @returns a low round bush. */
export function bush(
  stage: Stage,
  { x, z, size, foliage }: { x: number; z: number; size: number; foliage: Rgb },
  random: Random,
): Shape[] {
  const { camera, light } = stage;
  const frame = camera.upright(x, z);
  const color = vary(foliage, random, 9);
  return [
    [0, 0.42, 0.5, 0.7],
    [-0.28, 0.35, 0.34, 0.82],
    [0.25, 0.5, 0.36, 1],
    [0, 0.68, 0.3, 1.12],
  ].map(([across, up, radius, brightness]) => ({
    label: VEGETATION,
    path: leafy(stage, frame.point(across * size, up * size), radius * size * frame.scale, random),
    fill: shadeRound(light, scale(color, brightness), z, 0.6),
  }));
}

/** @returns a clipped hedge along the street, from near to far, with its end towards the eye. */
export function hedge(
  stage: Stage,
  { x, side, near, far, height, foliage }: EnclosurePlan & { foliage: Rgb },
  random: Random,
): Shape[] {
  const { camera, light } = stage;
  const color = vary(foliage, random, 8);
  const back = x + side * 0.9;
  const steps = Math.max(2, Math.ceil((far - near) / 1.2));
  const tops = Array.from({ length: steps + 1 }, (_, i) => near + ((far - near) * i) / steps);
  const edge = tops.map((z) =>
    camera.project([x + random.normal(0, 0.05), height + random.normal(0, 0.06), Math.max(z, 0.8)]),
  );
  const foot = [camera.project([x, 0, far]), camera.project([x, 0, Math.max(near, 0.8)])];
  const front: Point2[] = [...edge, ...foot];
  const distance = (near + far) / 2;
  return [
    {
      label: VEGETATION,
      path: camera.polygon([x, 0, near], [x, height, near], [back, height * 0.97, near], [back, 0, near]),
      fill: shade(light, scale(color, 0.85), [0, 0.1, -1], near),
    },
    {
      label: VEGETATION,
      path: closedPath(...front),
      fill: {
        from: camera.project([x, height, distance]),
        to: camera.project([x, 0, distance]),
        stops: [
          [0, shade(light, scale(color, 1.15), [-side * 0.7, 0.6, 0], distance)],
          [0.25, shade(light, color, [-side, 0.1, 0], distance)],
          [1, shade(light, mix(scale(color, 0.6), BARK, 0.2), [-side, 0, 0], distance)],
        ],
      },
    },
  ];
}

/** A round outline of leaves: a circle whose edge wanders; '' outside the picture. */
function leafy({ camera }: Stage, [u, v]: Point2, radius: number, random: Random): string {
  if (!camera.shows([[u, v]], radius * 1.2)) return '';
  const corners = radius > 40 ? 22 : radius > 12 ? 13 : 7;
  const points: Point2[] = [];
  for (let i = 0; i < corners; i++) {
    const angle = (2 * Math.PI * i) / corners;
    const reach = radius * random.uniform(0.78, 1.14);
    points.push([u + reach * Math.cos(angle), v + reach * Math.sin(angle) * 0.92]);
  }
  return radius > 12 ? smoothPath(...points) : closedPath(...points);
}
