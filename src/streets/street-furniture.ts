import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Point3 } from './camera';
import { type Rgb, scale, vary } from './color';
import { type Stage, shade, shadeRound } from './light';
import { metal, type Place, post, rod } from './pole';
import type { Item, Shape } from './svg';

const POLE = labelNamed('pole').id;
const STATIC = labelNamed('static').id;
const DYNAMIC = labelNamed('dynamic').id;

/** @returns a street lamp whose arm reaches over the road. */
export function lampPost(stage: Stage, { x, z, base, side, size }: Place, random: Random): Item {
  const frame = stage.camera.upright(x, z, { base, size });
  const steel = metal(random);
  const height = random.uniform(5.5, 9);
  const reach = -side * random.uniform(0.6, 1.9);
  const head = shadeRound(stage.light, [176, 178, 180], z);
  return {
    depth: z,
    shapes: [
      post(stage, frame, 0.075, height, steel),
      rod(stage, frame, 0.07, steel, [0, height], [reach * 0.4, height + 0.35], [reach, height + 0.4]),
      {
        label: POLE,
        path: frame.polygon(
          [reach * 0.7, height + 0.32],
          [reach * 1.3, height + 0.38],
          [reach * 1.3, height + 0.5],
          [reach * 0.7, height + 0.46],
        ),
        fill: head,
      },
    ],
  };
}

/** @returns a pole that carries a tram's or the power company's wires. */
export function mast(stage: Stage, { x, z, base, size }: Place, random: Random): Item {
  const frame = stage.camera.upright(x, z, { base, size });
  const color: Rgb = random.chance(0.5) ? vary([112, 96, 78], random) : metal(random);
  const height = random.uniform(6.5, 9);
  return {
    depth: z,
    shapes: [
      post(stage, frame, 0.11, height, color),
      rod(stage, frame, 0.08, color, [-0.7, height - 0.5], [0.7, height - 0.5]),
    ],
  };
}

/** @returns a thin bollard; several stand in a row. */
export function bollard(stage: Stage, { x, z, base, size }: Place, random: Random): Item {
  const frame = stage.camera.upright(x, z, { base, size });
  const color: Rgb = random.chance(0.5) ? [96, 94, 92] : [150, 60, 50];
  return { depth: z, shapes: [post(stage, frame, 0.06, 0.95, color)] };
}

/** @returns a litter bin, a switch box, a bench or a dustbin: things Cityscapes leaves void. */
export function clutter(stage: Stage, { x, z, base }: Place, random: Random): Item {
  const { light, camera } = stage;
  const kind = random.weighted({ bin: 2, cabinet: 2, dustbin: 2, sacks: 1 });
  const color = vary(
    { bin: [88, 96, 88], cabinet: [142, 144, 138], dustbin: [62, 72, 66], sacks: [60, 60, 66] }[kind] as unknown as Rgb,
    random,
    14,
  );
  const frame = camera.upright(x, z, { base });
  if (kind === 'sacks') {
    const heap = [
      [-0.3, 0.28],
      [0.25, 0.25],
      [0, 0.42],
    ].map(
      ([across, up]): Shape => ({
        label: DYNAMIC,
        path: frame.ellipse(across, up, 0.32, 0.28),
        fill: shadeRound(light, scale(color, 0.8 + up * 0.6), z),
      }),
    );
    return { depth: z, shapes: heap };
  }
  const [width, height, deep] = { bin: [0.45, 0.9, 0.45], cabinet: [0.9, 1.25, 0.4], dustbin: [0.58, 1.05, 0.7] }[kind];
  const label = kind === 'dustbin' ? DYNAMIC : STATIC;
  const half = width / 2;
  const flank = x < 0 ? half : -half;
  const face = (path: string, rgb: Rgb, normal: Point3): Shape => ({ label, path, fill: shade(light, rgb, normal, z) });
  return {
    depth: z,
    shapes: [
      face(camera.wall([x + flank, z], [x + flank, z + deep], base, base + height), color, [Math.sign(flank), 0, 0]),
      face(frame.rectangle(-half, 0, half, height), color, [0, 0.1, -1]),
      face(frame.rectangle(-half, height * 0.86, half, height), scale(color, 1.2), [0, 0.4, -0.8]),
    ],
  };
}
