import { createRandom, type Random } from '../random';
import type { SplitName } from '../splits';
import { bonnet } from './bonnet';
import { facingBuilding } from './building';
import { Camera } from './camera';
import { crowd } from './crowd';
import { type Edit, edited } from './edit';
import { ground } from './ground';
import { createLight, type Light, type Stage } from './light';
import type { Place } from './pole';
import { roadside } from './roadside';
import { type Caster, castShadows, contactShadows, footprint, roundFootprint } from './shadow';
import { backdrop, sky } from './sky';
import { createStreet, inJunction, kerb, type Street } from './street';
import { bollard, clutter, lampPost, mast } from './street-furniture';
import { type ChangeableThings, type Drawn, type Spot, type Subject, subject, type Things } from './subject';
import type { Item, Shape } from './svg';
import { createTown, TOWNS, type Town } from './town';
import { traffic } from './traffic';
import { roadSign, trafficLight } from './traffic-sign';
import { tree } from './vegetation';

/** Raised whenever the same options give other pictures. */
export const GENERATOR_VERSION = 1;

/** Which scene of which set; the same three give the same scene. */
export interface SceneId {
  readonly seed: number;
  readonly split: SplitName;
  /** From 0 within the split. */
  readonly index: number;
}

export interface Scene {
  /** `<town>_000012_000019`, as Cityscapes names its scenes. */
  readonly name: string;
  /** In painter's order. */
  readonly shapes: readonly Shape[];
  readonly camera: Camera;
  readonly light: Light;
  /** The people on foot and the poles, as they are before any edit; an edit counts them. */
  readonly subjects: readonly Subject[];
}

/** @returns the town and name of a scene: the towns of a split take turns. */
export function sceneName(split: SplitName, index: number): { town: string; name: string } {
  const towns = TOWNS[split];
  const town = towns[index % towns.length];
  const sequence = String(Math.floor(index / towns.length)).padStart(6, '0');
  return { town, name: `${town}_${sequence}_000019` };
}

/**
 * Lays out one street scene: town, street, light and camera first, then everything in it, from far to near.
 *
 * @param edit changes one small thing, and nothing else
 * @throws RangeError for an edit of a subject that is not there
 */
export function composeScene({ seed, split, index }: SceneId, aspect = 2, edit?: Edit): Scene {
  const { town: townName, name } = sceneName(split, index);
  const town = createTown(createRandom(seed).fork('town').fork(townName));
  const random = createRandom(seed).fork(split).fork(index);
  const camera = createCamera(random.fork('camera'), aspect);
  const light = createLight(random.fork('light'));
  const street = createStreet(random.fork('street'));
  const stage: Stage = { camera, light };

  const left = roadside(stage, street, town, -1, random.fork('left'));
  const right = roadside(stage, street, town, 1, random.fork('right'));
  const vehicles = traffic(stage, street, random.fork('traffic'));
  const people = crowd(stage, street, random.fork('crowd'));
  const trees = avenue(stage, street, town, random.fork('trees'));
  const furniture = streetFurniture(stage, street, random.fork('furniture'));
  const subjects = [...people.subjects, ...furniture.subjects];
  const { casters, items } = edited(subjects, edit);
  const standing = casters([...vehicles.casters, ...people.casters]);
  const shading = [...left.casters, ...right.casters, ...standing, ...trees.casters, ...casters(furniture.casters)];

  const things = items([
    ...left.items,
    ...right.items,
    ...vehicles.items,
    ...people.items,
    ...trees.items,
    ...furniture.items,
    ...streetEnd(stage, street, town, random.fork('end')),
  ]).sort((a, b) => b.depth - a.depth);
  const shapes = [
    sky(stage),
    ...backdrop(stage, town, random.fork('backdrop')).shapes,
    ...ground(stage, street, town, random.fork('ground')),
    castShadows(stage, shading),
    contactShadows(stage, standing),
    ...things.flatMap((item) => item.shapes),
    ...bonnet(stage, random.fork('bonnet')),
  ].filter(({ path }) => path !== '');
  return { name, shapes, camera, light, subjects };
}

function createCamera(random: Random, aspect: number): Camera {
  return new Camera({
    aspect,
    eyeHeight: random.uniform(1.15, 1.45),
    horizon: random.uniform(0.4, 0.47),
    vanishing: 0.5 + random.normal(0, 0.035),
    bend: random.chance(0.45) ? random.uniform(-0.0016, 0.0016) : 0,
  });
}

/** A building across the street's far end, at times. */
function streetEnd(stage: Stage, street: Street, town: Town, random: Random): Item[] {
  if (!random.chance(0.4)) return [];
  const z = random.uniform(120, 170);
  const shapes: Shape[] = [];
  for (let from = street.left - 30; from < street.right + 30; ) {
    const to = from + random.uniform(9, 18);
    shapes.push(...facingBuilding(stage, town, { from, to, z, storeys: town.storeys[0] + random.integer(3) }, random));
    from = to;
  }
  return [{ depth: z, shapes }];
}

/** Trees along the kerb. */
function avenue(stage: Stage, street: Street, town: Town, random: Random): Things {
  const items: Item[] = [];
  const casters: Caster[] = [];
  for (const side of [-1, 1] as const) {
    if (!random.chance(street.verge > 0 ? 0.85 : 0.45)) continue;
    const foliage = random.pick(town.foliage);
    const height = random.uniform(5, 9.5);
    for (let z = random.uniform(4, 4 + town.treeSpacing); z < 120; z += town.treeSpacing * random.uniform(0.85, 1.2)) {
      if (inJunction(street, z, 2) || random.chance(0.12)) continue;
      const x = kerb(street, side) + side * (0.4 + street.verge / 2);
      const tall = height * random.uniform(0.85, 1.15);
      const crown = tall * random.uniform(0.5, 0.72);
      items.push(tree(stage, { x, z, height: tall, crown, foliage }, random.fork(items.length)));
      casters.push({ footprint: footprint(x, z, 0.3), height: tall * 0.4 });
      casters.push(crownCaster(stage, x, z, tall, crown));
    }
  }
  return { items, casters };
}

/** The crown's shadow lies where the sun's rays through it meet the ground. */
function crownCaster({ light }: Stage, x: number, z: number, height: number, crown: number): Caster {
  const away = (height * 0.5) / light.sun[1];
  const ring = roundFootprint(x - light.sun[0] * away, z - light.sun[2] * away, crown / 2);
  return { footprint: ring, height: height * 0.35 };
}

/** What stands beside the road; its subjects are the poles. */
function streetFurniture(stage: Stage, street: Street, random: Random): ChangeableThings {
  const { items, casters, subjects }: ChangeableThings = { items: [], casters: [], subjects: [] };
  const put = (build: (stage: Stage, place: Place, random: Random) => Item, place: Place, height: number) => {
    if (place.z < 4) return;
    const draw = (spot: Spot, stream: Random): Drawn => {
      const size = spot.size ?? 1;
      const item = build(stage, { ...place, ...spot }, stream);
      return { item, caster: { footprint: footprint(spot.x, spot.z, 0.14 * size), height: height * size } };
    };
    const { x, z, base } = place;
    const thing = subject('pole', { x, z, base }, draw, random);
    if (build !== clutter) subjects.push(thing);
    items.push(thing.item);
    casters.push(thing.caster);
  };
  const place = (side: -1 | 1, z: number, fromKerb = 0.45): Place => ({
    x: kerb(street, side) + side * fromKerb,
    z,
    base: 0.12,
    side,
  });
  const lampSpacing = random.uniform(18, 34);
  const build = random.chance(0.75) ? lampPost : mast;
  for (const side of [-1, 1] as const) {
    if (random.chance(0.25)) continue;
    for (let z = random.uniform(5, lampSpacing); z < 120; z += lampSpacing) {
      if (!inJunction(street, z, 0)) put(build, place(side, z), 7);
    }
  }
  for (const { near, far } of street.junctions) {
    if (random.chance(0.5)) {
      put(trafficLight, place(1, near - 0.8), 3);
      put(trafficLight, place(-1, random.chance(0.5) ? far + 0.8 : near - 0.8), 3);
    }
    if (random.chance(0.6)) put(roadSign, place(1, near - random.uniform(1, 4)), 2.6);
    if (random.chance(0.4)) put(roadSign, place(-1, far + random.uniform(1, 4)), 2.6);
  }
  for (let count = 1 + random.integer(6); count > 0; count--) {
    const z = random.uniform(6, 70);
    if (!inJunction(street, z, 0)) put(roadSign, place(random.pick([-1, 1]), z, random.uniform(0.3, 0.9)), 2.6);
  }
  for (let count = random.integer(5); count > 0; count--) {
    const side = random.pick([-1, 1] as const);
    const width = side < 0 ? street.pavementLeft : street.pavementRight;
    const z = random.uniform(5, 45);
    if (!inJunction(street, z, 1)) put(clutter, place(side, z, random.pick([0.6, street.verge + width - 0.4])), 1);
  }
  if (random.chance(0.25)) {
    const side = random.pick([-1, 1] as const);
    const start = random.uniform(6, 30);
    for (let i = 0; i < 8; i++)
      if (!inJunction(street, start + i * 1.6, 0)) put(bollard, place(side, start + i * 1.6, 0.3), 0.95);
  }
  return { items, casters, subjects };
}
