import { labelNamed } from '../labels';
import type { Random } from '../random';
import { mix, pickColor, type Rgb, scale, vary } from './color';
import { type FacadeStyle, facade, type Wall } from './facade';
import { type Stage, shade } from './light';
import type { Side, Stretch } from './street';
import type { Shape } from './svg';
import type { Town } from './town';

const BUILDING = labelNamed('building').id;

export interface BuildingPlan extends Stretch {
  /** x of the façade, and on which side of the street it stands. */
  readonly x: number;
  readonly side: Side;
  readonly storeys: number;
  /** Metres away from the street. */
  readonly depth: number;
  readonly pitchedRoof: boolean;
}

/** @returns one building beside the street: roof, the wall towards the eye, and the façade along the street. */
export function building(stage: Stage, town: Town, plan: BuildingPlan, random: Random): Shape[] {
  const { x, side, near, far, depth } = plan;
  const style = facadeStyle(town, random);
  const height = plan.storeys * style.storey + random.uniform(0.4, 1);
  const back = x + side * depth;
  const along: Wall = side < 0 ? { from: [x, near], to: [x, far], height } : { from: [x, far], to: [x, near], height };
  const end: Wall =
    side < 0 ? { from: [back, near], to: [x, near], height } : { from: [x, near], to: [back, near], height };
  return [
    ...(plan.pitchedRoof ? roof(stage, town, plan, height, style.color, random) : []),
    ...facade(stage, end, { ...style, color: scale(style.color, 0.96), groundFloor: 'flat', balconies: false }, random),
    ...facade(stage, along, style, random),
    ...(plan.pitchedRoof ? [] : parapet(stage, along, style)),
  ];
}

/** @returns a building that closes the view, its façade towards the eye. */
export function facingBuilding(
  stage: Stage,
  town: Town,
  { from, to, z, storeys }: { from: number; to: number; z: number; storeys: number },
  random: Random,
): Shape[] {
  const style = facadeStyle(town, random);
  const height = storeys * style.storey + 0.6;
  return facade(stage, { from: [from, z], to: [to, z], height }, style, random);
}

function facadeStyle(town: Town, random: Random): FacadeStyle {
  const color = pickColor(town.facades, random, 9);
  const windowWidth = random.uniform(0.9, 1.5);
  return {
    color,
    storey: town.storey * random.uniform(0.94, 1.08),
    windowWidth,
    windowHeight: random.uniform(1.3, 1.9),
    pitch: windowWidth * random.uniform(1.8, 2.7),
    trim: random.chance(0.6) ? mix(color, [236, 232, 224], 0.65) : scale(color, 0.7),
    shutters: town.shutters && random.chance(0.6) ? vary([88, 100, 84], random, 14) : null,
    groundFloor: random.chance(0.4) ? 'shop' : 'flat',
    balconies: random.chance(0.18),
    reflection: random.uniform(0.08, 0.42),
  };
}

function roof(stage: Stage, town: Town, plan: BuildingPlan, height: number, wallColor: Rgb, random: Random): Shape[] {
  const { camera, light } = stage;
  const { x, side, near, far, depth } = plan;
  const ridge = height + depth * random.uniform(0.32, 0.5);
  const ridgeX = x + (side * depth) / 2;
  const distance = (near + far) / 2;
  const color = pickColor(town.roofs, random, 8);
  const eave = x - side * 0.35;
  const slope = camera.polygon(
    [eave, height - 0.15, near],
    [eave, height - 0.15, far],
    [ridgeX, ridge, far],
    [ridgeX, ridge, near],
  );
  const gable = camera.polygon([x, height - 0.2, near], [ridgeX, ridge, near], [x + side * depth, height - 0.2, near]);
  return [
    { label: BUILDING, path: slope, fill: shade(light, color, [-side * 0.6, 0.8, 0], distance) },
    { label: BUILDING, path: gable, fill: shade(light, wallColor, [0, 0, -1], near) },
    ...chimneys(
      stage,
      { x: x + side * depth * 0.3, height: height + (ridge - height) * 0.6, near, far },
      wallColor,
      random,
    ),
  ];
}

/** One or two chimneys on the slope towards the street. */
function chimneys(
  { camera, light }: Stage,
  { x, height, near, far }: { x: number; height: number; near: number; far: number },
  color: Rgb,
  random: Random,
): Shape[] {
  return Array.from({ length: random.integer(3) }, () => {
    const z = random.uniform(near + 1, far - 1);
    const fill = shade(light, scale(color, 0.75), [0, 0, -1], z);
    return { label: BUILDING, path: camera.upright(x, z, { base: height }).rectangle(-0.4, -0.6, 0.4, 1.7), fill };
  });
}

/** A thin lighter edge on top of a flat roof. */
function parapet({ camera, light }: Stage, { from, to, height }: Wall, style: FacadeStyle): Shape[] {
  const path = camera.wall(from, to, height, height + 0.25);
  return [{ label: BUILDING, path, fill: shade(light, scale(style.trim, 0.9), [0, 0.5, -0.5], (from[1] + to[1]) / 2) }];
}
