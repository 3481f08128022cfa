import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Point3 } from './camera';
import { palette, pickColor, type Rgb, scale } from './color';
import { type Stage, shade } from './light';
import type { Side, Stretch } from './street';
import type { Shape } from './svg';

const FENCE = labelNamed('fence').id;
const WALL = labelNamed('wall').id;

/** Something that stands along the street. */
export interface EnclosurePlan extends Stretch {
  readonly x: number;
  readonly side: Side;
  readonly height: number;
}

/** @returns a fence along the street: boards, railings or wire mesh. In the mask it is solid, as in Cityscapes. */
export function fence(stage: Stage, { x, side, near, far, height }: EnclosurePlan, random: Random): Shape[] {
  const { camera, light } = stage;
  const kind = random.weighted({ boards: 3, railings: 3, mesh: 2 });
  const colors: Record<typeof kind, Rgb[]> = {
    boards: palette('7e6246 968a76 685c50 c4c2ba 5c684e'),
    railings: palette('3a3e3e 48564a 7a7c7c'),
    mesh: palette('4e6854 707474'),
  };
  const color = pickColor(colors[kind], random, 8);
  const distance = Math.max(2, (near + far) / 2);
  const normal: Point3 = [-side, 0, 0];
  const paint = (rgb: Rgb) => shade(light, rgb, normal, distance);
  const upright = (from: number, to: number, bottom: number, top: number) =>
    camera.wall([x, from], [x, to], bottom, top);
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
  const color = pickColor(palette('948e84 8a604e a6a096 7a7a78'), random, 9);
  const distance = Math.max(2, (near + far) / 2);
  const face = (bottom: number, top: number) => camera.wall([x, near], [x, far], bottom, top);
  const courses: string[] = [];
  for (let up = 0.3; up < height - 0.2; up += 0.32) courses.push(face(up, up + 0.025));
  const end = camera.wall([x, near], [x + side * 0.3, near], 0, height);
  const paint = (rgb: Rgb) => shade(light, rgb, [-side, 0, 0], distance);
  return [
    { label: WALL, path: end, fill: shade(light, scale(color, 0.9), [0, 0, -1], near) },
    { label: WALL, path: face(0, height), fill: paint(color) },
    { label: null, path: courses.join(''), fill: paint(scale(color, 0.8)) },
    { label: WALL, path: face(height - 0.12, height), fill: paint(scale(color, 1.16)) },
  ];
}
