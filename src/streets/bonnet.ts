import { labelNamed } from '../labels';
import type { Random } from '../random';
import { smoothPath } from './camera';
import { palette, pickColor, type Rgb } from './color';
import { type Stage, shade } from './light';
import type { Shape } from './svg';

const EGO_VEHICLE = labelNamed('ego vehicle').id;

/** @returns the bonnet of the car that carries the camera, in two scenes of three. */
export function bonnet({ camera, light }: Stage, random: Random): Shape[] {
  if (!random.chance(0.65)) return [];
  const { width, height } = camera;
  const paint = pickColor(palette('26282c 96989c 464c54'), random, 8);
  const rise = height * random.uniform(0.05, 0.1);
  const shoulder = rise * random.uniform(0.5, 0.8);
  // Control points of a smooth outline, which starts and ends below the picture.
  const path = smoothPath(
    [-width * 0.2, height * 1.1],
    [-width * 0.2, height - shoulder],
    [width * 0.2, height - rise],
    [width * 0.8, height - rise],
    [width * 1.2, height - shoulder],
    [width * 1.2, height * 1.1],
  );
  const color = (rgb: Rgb, up: number) => shade(light, rgb, [0, up, 0], 1);
  return [
    {
      label: EGO_VEHICLE,
      path,
      fill: {
        from: [0, height - rise],
        to: [0, height],
        stops: [
          [0, color([paint[0] + 40, paint[1] + 42, paint[2] + 46], 1)],
          [0.25, color(paint, 1)],
          [1, color([paint[0] * 0.6, paint[1] * 0.6, paint[2] * 0.6], 0.8)],
        ],
      },
    },
  ];
}
