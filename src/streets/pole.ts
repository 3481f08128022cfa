import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Point2, Upright } from './camera';
import { palette, pickColor, type Rgb, scale } from './color';
import { type Stage, shadeRound } from './light';
import type { Side } from './street';
import type { Spot } from './subject';
import type { Shape } from './svg';

const POLE = labelNamed('pole').id;

/** Where a thing stands, on that side of the street. */
export interface Place extends Spot {
  readonly side: Side;
}

/** @returns the colour of a galvanised or painted pole. */
export function metal(random: Random): Rgb {
  return pickColor(palette('808284 626664 4c544e 969694'), random, 9);
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
export function rod({ light }: Stage, frame: Upright, width: number, color: Rgb, ...points: Point2[]): Shape {
  const stroke = { color: shadeRound(light, color, frame.z), width: Math.max(0.5, width * frame.scale) };
  return { label: POLE, path: frame.line(...points), fill: null, stroke };
}
