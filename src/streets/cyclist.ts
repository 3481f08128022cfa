import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Point2, Upright } from './camera';
import { palette, pickColor, type Rgb, scale, vary } from './color';
import { type Stage, shadeRound } from './light';
import { type Outfit, pickOutfit } from './outfit';
import { Figure } from './person';
import type { Item, Shape } from './svg';

const RIDER = labelNamed('rider').id;
const BICYCLE = labelNamed('bicycle').id;
const MOTORCYCLE = labelNamed('motorcycle').id;

export interface CyclistPlan {
  readonly x: number;
  readonly z: number;
  readonly view: 'left' | 'right' | 'back' | 'front';
  readonly machine: 'bicycle' | 'motorcycle';
}

/** @returns somebody riding a bicycle or a motorcycle. */
export function cyclist(stage: Stage, { x, z, view, machine }: CyclistPlan, random: Random): Item {
  const frame = stage.camera.upright(x, z);
  const paint = pickColor(palette('282a2e 962826 3c5a82 aaaaac'), random);
  const outfit = pickOutfit(random);
  const helmet = machine === 'motorcycle' || random.chance(0.4) ? vary([70, 72, 78], random, 40) : outfit.hair;
  const figure = new Figure(stage, frame, 1.76, RIDER);
  const shapes: Shape[] = [];
  if (view === 'left' || view === 'right') {
    const direction = view === 'left' ? -1 : 1;
    shapes.push(
      ...(machine === 'bicycle'
        ? bicycleSide(stage, frame, direction, paint)
        : motorcycleSide(stage, frame, direction, paint)),
    );
    riderSide(figure, outfit, helmet, direction, machine === 'bicycle' ? random.uniform(0, 6) : 1.2);
  } else {
    shapes.push(...machineEnd(stage, frame, machine, paint));
    riderEnd(figure, outfit, helmet, view === 'back');
  }
  return { depth: z, shapes: [...shapes, ...figure.shapes] };
}

/** @returns a bicycle without a rider, its side along the given heading (0 across the view, π/2 along the street). */
export function parkedBicycle(
  stage: Stage,
  { x, z, base, heading }: { x: number; z: number; base: number; heading: number },
  random: Random,
): Item {
  const frame = stage.camera.upright(x, z, { base, heading });
  const paint = pickColor(palette('282a2e 78322c 46605a 969696'), random);
  return { depth: z, shapes: bicycleSide(stage, frame, 1, paint) };
}

function bicycleSide(stage: Stage, frame: Upright, direction: -1 | 1, paint: Rgb): Shape[] {
  const at = (across: number, up: number): Point2 => [across * direction, up];
  const black: Rgb = [36, 36, 38];
  const tube = (points: Point2[], rgb = paint, width = 0.045) => bar(stage, frame, BICYCLE, rgb, width, ...points);
  const wheel = (across: number): Shape[] => {
    const path = frame.ellipse(across * direction, 0.34, 0.34);
    return [
      // As in Cityscapes, the mask takes in what shows between the spokes.
      { label: BICYCLE, path, fill: null },
      { label: BICYCLE, path, fill: null, stroke: stroke(stage, frame, black, 0.05) },
    ];
  };
  return [
    ...wheel(-0.52),
    ...wheel(0.52),
    tube([at(-0.52, 0.34), at(-0.12, 0.3), at(0.36, 0.78), at(-0.2, 0.76), at(-0.52, 0.34)]),
    tube([at(-0.12, 0.3), at(-0.22, 0.9)]),
    tube([at(0.52, 0.34), at(0.38, 0.98), at(0.28, 1.02)]),
    tube([at(-0.34, 0.92), at(-0.1, 0.92)], black, 0.07),
  ];
}

function motorcycleSide(stage: Stage, frame: Upright, direction: -1 | 1, paint: Rgb): Shape[] {
  const at = (across: number, up: number): Point2 => [across * direction, up];
  const color = (rgb: Rgb) => shadeRound(stage.light, rgb, frame.z);
  const body = (points: Point2[], rgb: Rgb): Shape => ({
    label: MOTORCYCLE,
    path: frame.smooth(...points),
    fill: color(rgb),
  });
  const wheels = [-0.68, 0.68].flatMap((across): Shape[] => [
    { label: MOTORCYCLE, path: frame.ellipse(across * direction, 0.32, 0.32), fill: color([34, 34, 36]) },
    { label: MOTORCYCLE, path: frame.ellipse(across * direction, 0.32, 0.18), fill: color([120, 122, 124]) },
  ]);
  return [
    ...wheels,
    body([at(-0.5, 0.3), at(-0.45, 0.62), at(0.4, 0.62), at(0.45, 0.28)], [58, 58, 62]),
    body(
      [at(-0.95, 0.75), at(-0.5, 0.9), at(0.1, 0.78), at(0.4, 1), at(0.66, 0.82), at(0.4, 0.52), at(-0.6, 0.55)],
      paint,
    ),
    bar(stage, frame, MOTORCYCLE, [90, 90, 94], 0.07, at(0.68, 0.32), at(0.42, 1.02)),
  ];
}

/** A two-wheeler from behind or in front: a narrow wheel, a lamp and the handlebar. */
function machineEnd(stage: Stage, frame: Upright, machine: CyclistPlan['machine'], paint: Rgb): Shape[] {
  const label = machine === 'bicycle' ? BICYCLE : MOTORCYCLE;
  const color = (rgb: Rgb) => shadeRound(stage.light, rgb, frame.z);
  const girth = machine === 'bicycle' ? 0.035 : 0.08;
  const shapes: Shape[] = [
    {
      label,
      path: frame.rectangle(-girth, 0, girth, 0.68),
      fill: color([36, 36, 38]),
      stroke: { color: color([36, 36, 38]), width: 0.03 * frame.scale },
    },
    { label, path: frame.rectangle(-girth * 1.6, 0.55, girth * 1.6, 0.95), fill: color(paint) },
    bar(stage, frame, label, [50, 50, 54], 0.045, [-0.3, 1.02], [0.3, 1.02]),
  ];
  if (machine === 'motorcycle') shapes.push({ label, path: frame.ellipse(0, 0.7, 0.24, 0.26), fill: color(paint) });
  shapes.push({ label, path: frame.ellipse(0, 0.76, 0.05), fill: color([190, 40, 36]) });
  return shapes;
}

/** A tube of that width in metres. */
function bar(stage: Stage, frame: Upright, label: number, rgb: Rgb, width: number, ...points: Point2[]): Shape {
  return { label, path: frame.line(...points), fill: null, stroke: stroke(stage, frame, rgb, width) };
}

function stroke({ light }: Stage, frame: Upright, rgb: Rgb, width: number): Shape['stroke'] {
  return { color: shadeRound(light, rgb, frame.z), width: Math.max(0.6, width * frame.scale) };
}

function riderSide(figure: Figure, outfit: Outfit, helmet: Rgb, direction: -1 | 1, crank: number): void {
  const at = (across: number, up: number): Point2 => [across * direction, up];
  const leg = (phase: number, darkness: number) => {
    const foot = at(-0.06 + Math.cos(phase) * 0.09, 0.17 + Math.sin(phase) * 0.09);
    const knee = at(0.1 + Math.cos(phase) * 0.03, 0.36 + Math.sin(phase) * 0.06);
    figure.limb(0.08, scale(outfit.legs, darkness), at(-0.12, 0.55), knee, foot);
    figure.limb(0.045, outfit.shoes, foot, [foot[0] + 0.05 * direction, foot[1]]);
  };
  leg(crank + Math.PI, 0.75);
  leg(crank, 1);
  figure.trunk(outfit.top, at(-0.18, 0.53), at(-0.06, 0.53), at(0.11, 0.8), at(0.02, 0.84));
  figure.limb(0.055, scale(outfit.top, 0.9), at(0.06, 0.79), at(0.1, 0.66), at(0.18, 0.6));
  if (outfit.bag) figure.trunk(outfit.bag, at(-0.16, 0.66), at(-0.04, 0.86), at(-0.13, 0.9), at(-0.23, 0.7));
  figure.disc(0.13 * direction, 0.91, 0.05, 0.064, outfit.skin);
  figure.disc(0.12 * direction, 0.935, 0.056, 0.05, helmet);
}

function riderEnd(figure: Figure, outfit: Outfit, helmet: Rgb, back: boolean): void {
  for (const side of [-1, 1]) {
    figure.limb(
      0.08,
      scale(outfit.legs, side < 0 ? 0.85 : 1),
      [side * 0.06, 0.55],
      [side * 0.1, 0.36],
      [side * 0.065, side < 0 ? 0.13 : 0.22],
    );
    figure.limb(0.055, scale(outfit.top, 0.88), [side * 0.1, 0.82], [side * 0.16, 0.7], [side * 0.15, 0.6]);
  }
  figure.trunk(outfit.top, [-0.1, 0.83], [0.1, 0.83], [0.085, 0.54], [-0.085, 0.54]);
  if (outfit.bag && back) figure.trunk(outfit.bag, [-0.07, 0.8], [0.07, 0.8], [0.07, 0.62], [-0.07, 0.62]);
  figure.disc(0, 0.92, 0.05, 0.066, back ? outfit.hair : outfit.skin);
  figure.disc(0, 0.95, 0.056, 0.042, helmet);
}
