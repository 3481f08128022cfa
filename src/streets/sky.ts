import { labelNamed } from '../labels';
import type { Random } from '../random';
import { closedPath, smoothPath } from './camera';
import { mix, pickColor } from './color';
import { type Stage, shade } from './light';
import type { Item, Shape } from './svg';
import type { Town } from './town';

const SKY = labelNamed('sky').id;
const BUILDING = labelNamed('building').id;
const VEGETATION = labelNamed('vegetation').id;

/** @returns the sky; its clouds are added as a texture. */
export function sky({ camera, light }: Stage): Shape {
  const { width, height, vanishing } = camera;
  return {
    label: SKY,
    path: closedPath([0, 0], [width, 0], [width, height], [0, height]),
    fill: {
      from: [width / 2, 0],
      to: [width / 2, vanishing[1]],
      stops: [
        [0, light.zenith],
        [0.6, mix(light.zenith, light.skyline, 0.62)],
        [1, light.skyline],
      ],
    },
  };
}

/** @returns roofs and tree tops where the street ends, so that it never runs into bare sky. */
export function backdrop(stage: Stage, town: Town, random: Random): Item {
  const { camera, light } = stage;
  const shapes: Shape[] = [];
  const z = 230;
  const unit = camera.scale(z);
  const [, horizon] = camera.vanishing;
  const foot = horizon + 6;
  for (let u = -20; u < camera.width + 20; ) {
    const width = random.uniform(5, 22) * unit;
    const height = random.uniform(4, 11) * unit;
    const top = horizon - height;
    const color = shade(light, pickColor(town.facades, random), [0, 0, -1], z);
    const gable = random.chance(0.4) ? height * 0.25 : 0;
    shapes.push({
      label: BUILDING,
      path: closedPath([u, foot], [u, top], [u + width / 2, top - gable], [u + width, top], [u + width, foot]),
      fill: color,
    });
    u += width * random.uniform(0.7, 1.3);
  }
  for (let u = -10; u < camera.width + 10; ) {
    const radius = random.uniform(3, 7) * unit;
    const color = shade(light, pickColor(town.foliage, random), [0, 0.4, -0.4], z);
    if (random.chance(0.85)) {
      shapes.push({
        label: VEGETATION,
        path: smoothPath(
          [u - radius * 1.2, foot + radius],
          [u - radius * 1.2, horizon - radius * 1.6],
          [u, horizon - radius * 2],
          [u + radius * 1.2, horizon - radius * 1.5],
          [u + radius * 1.2, foot + radius],
        ),
        fill: color,
      });
    }
    u += radius * random.uniform(0.7, 2.4);
  }
  return { depth: z, shapes };
}
