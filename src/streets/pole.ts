import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Upright } from './camera';
import { type Rgb, scale, vary } from './color';
import { type Stage, shadeRound } from './light';
import type { Side } from './street';
import type { Shape } from './svg';

const POLE = labelNamed('pole').id;

/** Where a thing stands: on the ground at (x, base, z), on that side of the street. */
export interface Place {
  readonly x: number;
  readonly z: number;
  readonly base: number;
  readonly side: Side;
  /** How much larger than usual it is; 1 unless told otherwise. */
  readonly size?: number;
}

/** @returns the colour of a galvanised or painted pole. */
export function metal(random: Random): Rgb {
  return vary(
    random.pick([
      [128, 130, 132],
      [98, 102, 100],
      [76, 84, 78],
      [150, 150, 148],
    ] as Rgb[]),
    random,
    9,
  );
}

/** A round upright: lit on the sun's side. */
export function post({ light }: Stage, frame: Upright, radius: number, height: number, color: Rgb): Shape {
  const path = frame.rectangle(-radius, 0, radius, height);
  if (radius * frame.scale < 2) return { label: POLE, path, fill: shadeRound(light, color, frame.z) };
  const side = Math.sign(light.sun[0]) || 1;
  return {
    label: POLE,
    path,
    fill: {
      from: frame.point(-radius * side, 0),
      to: frame.point(radius * side, 0),
      stops: [
        [0, shadeRound(light, scale(color, 0.7), frame.z)],
        [1, shadeRound(light, scale(color, 1.12), frame.z)],
      ],
    },
  };
}

/** @returns an arm or a wire: a line of that width in metres. */
export function rod({ light }: Stage, frame: Upright, points: [number, number][], width: number, color: Rgb): Shape {
  const stroke = { color: shadeRound(light, color, frame.z), width: Math.max(0.5, width * frame.scale) };
  return { label: POLE, path: frame.line(points), fill: null, stroke };
}
