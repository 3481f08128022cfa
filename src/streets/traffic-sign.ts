import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Upright } from './camera';
import { palette, type Rgb, scale } from './color';
import { type Stage, shade, shadeRound } from './light';
import { metal, type Place, post, rod } from './pole';
import type { Item, Shape } from './svg';

const TRAFFIC_LIGHT = labelNamed('traffic light').id;
const TRAFFIC_SIGN = labelNamed('traffic sign').id;

/** @returns a traffic light on its pole, facing the eye; tall ones also hang over the road. */
export function trafficLight(stage: Stage, { x, z, base, side, size }: Place, random: Random): Item {
  const frame = stage.camera.upright(x, z, { base, size });
  const steel = metal(random);
  const lit = random.integer(3);
  const arm = random.chance(0.4);
  const shapes = [post(stage, frame, 0.07, arm ? 5.6 : 3.3, steel), ...signal(stage, frame, 0, 2.35, lit)];
  if (arm) {
    const reach = -side * random.uniform(2.2, 3.8);
    shapes.push(rod(stage, frame, 0.1, steel, [0, 5.5], [reach, 5.7]), ...signal(stage, frame, reach, 5, lit));
  }
  return { depth: z, shapes };
}

/** @returns a road sign: warning, prohibition, priority, direction or parking; seen from behind at times. */
export function roadSign(stage: Stage, { x, z, base, size }: Place, random: Random): Item {
  const frame = stage.camera.upright(x, z, { base, size });
  const shapes = [post(stage, frame, 0.035, random.uniform(2.6, 3), metal(random))];
  const count = random.chance(0.25) ? 2 : 1;
  for (let i = 0; i < count; i++) shapes.push(...plate(stage, frame, 2.55 - i * 0.75, random));
  return { depth: z, shapes };
}

function signal({ light }: Stage, frame: Upright, across: number, bottom: number, lit: number): Shape[] {
  const shapes: Shape[] = [
    {
      label: TRAFFIC_LIGHT,
      path: frame.rectangle(across - 0.17, bottom, across + 0.17, bottom + 0.95),
      fill: shadeRound(light, [40, 42, 42], frame.z),
    },
  ];
  const colors = palette('ff4638 ffbe46 50eca0');
  colors.forEach((color, lamp) => {
    const fill = lamp === lit ? color : scale(color, 0.2);
    shapes.push({ label: TRAFFIC_LIGHT, path: frame.ellipse(across, bottom + 0.78 - lamp * 0.3, 0.11), fill });
  });
  return shapes;
}

function plate({ light }: Stage, frame: Upright, up: number, random: Random): Shape[] {
  const color = (rgb: Rgb) => shade(light, rgb, [0, 0.2, -1], frame.z);
  const kind = random.weighted({ warning: 2, prohibition: 2, priority: 1.4, square: 1.6, direction: 1, back: 2 });
  const sign = (path: string, rgb: Rgb): Shape => ({ label: TRAFFIC_SIGN, path, fill: color(rgb) });
  const white: Rgb = [236, 236, 232];
  const red: Rgb = [196, 34, 38];
  const triangle = (r: number) => frame.polygon([-r, up - r * 0.55], [0, up + r * 1.1], [r, up - r * 0.55]);
  const diamond = (r: number) => frame.polygon([-r, up], [0, up + r], [r, up], [0, up - r]);
  if (kind === 'warning') return [sign(triangle(0.45), red), sign(triangle(0.3), white)];
  if (kind === 'prohibition')
    return [
      sign(frame.ellipse(0, up, 0.33), red),
      sign(frame.ellipse(0, up, 0.24), random.chance(0.7) ? white : red),
      sign(frame.rectangle(-0.18, up - 0.045, 0.18, up + 0.045), random.chance(0.5) ? white : [60, 60, 64]),
    ];
  if (kind === 'priority') return [sign(diamond(0.44), white), sign(diamond(0.33), [238, 190, 40])];
  if (kind === 'square')
    return [
      sign(frame.rectangle(-0.32, up - 0.32, 0.32, up + 0.32), [40, 84, 160]),
      sign(frame.rectangle(-0.1, up - 0.2, 0.12, up + 0.2), white),
    ];
  if (kind === 'direction')
    return [
      sign(
        frame.polygon([-0.7, up - 0.2], [0.5, up - 0.2], [0.75, up], [0.5, up + 0.2], [-0.7, up + 0.2]),
        random.chance(0.6) ? [240, 196, 50] : white,
      ),
      sign(frame.rectangle(-0.5, up - 0.05, 0.35, up + 0.06), [50, 50, 52]),
    ];
  return [sign(frame.ellipse(0, up, 0.33), [142, 144, 144])];
}
