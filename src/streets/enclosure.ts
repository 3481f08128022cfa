import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Point3 } from './camera';
import { type Rgb, scale, vary } from './color';
import { type Stage, shade } from './light';
import type { Side } from './street';
import type { Shape } from './svg';

const FENCE = labelNamed('fence').id;
const WALL = labelNamed('wall').id;

export interface EnclosurePlan {
  readonly x: number;
  readonly side: Side;
  readonly near: number;
  readonly far: number;
  readonly height: number;
}

/** @returns a fence along the street: boards, railings or wire mesh. In the mask it is solid, as in Cityscapes. */
export function fence(stage: Stage, { x, side, near, far, height }: EnclosurePlan, random: Random): Shape[] {
  const { camera, light } = stage;
  const kind = random.weighted({ boards: 3, railings: 3, mesh: 2 });
  const colors: Record<typeof kind, Rgb[]> = {
    boards: [
      [126, 98, 70],
      [150, 138, 118],
      [104, 92, 80],
      [196, 194, 186],
      [92, 104, 78],
    ],
    railings: [
      [58, 62, 62],
      [72, 86, 74],
      [122, 124, 124],
    ],
    mesh: [
      [78, 104, 84],
      [112, 116, 116],
    ],
  };
  const color = vary(random.pick(colors[kind]), random, 8);
  const distance = Math.max(2, (near + far) / 2);
  const normal: Point3 = [-side, 0, 0];
  const paint = (rgb: Rgb) => shade(light, rgb, normal, distance);
  const upright = (from: number, to: number, bottom: number, top: number) =>
    camera.polygon([
      [x, bottom, from],
      [x, top, from],
      [x, top, to],
      [x, bottom, to],
    ]);
  const whole = upright(near, far, 0, height);
  const posts: string[] = [];
  const pitch = kind === 'boards' ? 0.32 : kind === 'railings' ? 0.22 : 2.4;
  const width = kind === 'boards' ? 0.05 : kind === 'railings' ? 0.045 : 0.09;
  for (let z = Math.max(near, 0.8); z < Math.min(far, 60); z += Math.max(pitch, z * z * 0.0016)) {
    posts.push(upright(z, z + Math.max(width, z * 0.003), 0.04, height));
  }
  const rails = [height - 0.1, 0.18].map((up) => upright(near, far, up, up + 0.08));
  if (kind === 'boards') {
    return [
      { label: FENCE, path: whole, fill: paint(color) },
      { label: null, path: posts.join(''), fill: paint(scale(color, 0.62)) },
      { label: null, path: rails[0], fill: paint(scale(color, 1.12)) },
    ];
  }
  return [
    { label: FENCE, path: whole, fill: paint(color), opacity: kind === 'mesh' ? 0.55 : 0.3 },
    { label: null, path: [...posts, ...rails].join(''), fill: paint(scale(color, 0.85)) },
  ];
}

/** @returns a wall along the street with its coping and its end towards the eye. */
export function wall(stage: Stage, { x, side, near, far, height }: EnclosurePlan, random: Random): Shape[] {
  const { camera, light } = stage;
  const color = vary(
    random.pick([
      [148, 142, 132],
      [138, 96, 78],
      [166, 160, 150],
      [122, 122, 120],
    ] as Rgb[]),
    random,
    9,
  );
  const distance = Math.max(2, (near + far) / 2);
  const face = (bottom: number, top: number): Point3[] => [
    [x, bottom, near],
    [x, top, near],
    [x, top, far],
    [x, bottom, far],
  ];
  const courses: string[] = [];
  for (let up = 0.3; up < height - 0.2; up += 0.32) courses.push(camera.polygon(face(up, up + 0.025)));
  const end: Point3[] = [
    [x, 0, near],
    [x, height, near],
    [x + side * 0.3, height, near],
    [x + side * 0.3, 0, near],
  ];
  const paint = (rgb: Rgb) => shade(light, rgb, [-side, 0, 0], distance);
  return [
    { label: WALL, path: camera.polygon(end), fill: shade(light, scale(color, 0.9), [0, 0, -1], near) },
    { label: WALL, path: camera.polygon(face(0, height)), fill: paint(color) },
    { label: null, path: courses.join(''), fill: paint(scale(color, 0.8)) },
    { label: WALL, path: camera.polygon(face(height - 0.12, height)), fill: paint(scale(color, 1.16)) },
  ];
}
