import { labelNamed } from '../labels';
import type { Random } from '../random';
import { type BuildingPlan, building } from './building';
import { fence, wall } from './enclosure';
import { onGround } from './ground';
import type { Stage } from './light';
import { type Caster, footprint } from './shadow';
import { blocks, buildingLine, type Side, type Street, type Stretch } from './street';
import type { Things } from './subject';
import type { Item, Shape } from './svg';
import type { Town } from './town';
import { bush, hedge, tree } from './vegetation';

const TERRAIN = labelNamed('terrain').id;

/** One side's line of plots: rows of houses, gardens, parks and walls between the cross streets. */
export function roadside(stage: Stage, street: Street, town: Town, side: Side, random: Random): Things {
  const items: Item[] = [];
  const casters: Caster[] = [];
  const line = buildingLine(street, side);
  blocks(street, -6).forEach((block, index) => {
    const stream = random.fork(index);
    const kind = stream.weighted(town.roadside);
    for (const plot of plots(block, kind === 'row' ? [8, 19] : [11, 24], stream)) {
      if (plot.far < 1.2) continue;
      const place: Plot = { ...plot, line, side };
      const use = stream.chance(0.8) ? kind : stream.weighted(town.roadside);
      const builder = { row, house, park, wall: walled }[use];
      const built = builder(stage, town, place, stream);
      items.push({ depth: plot.far, shapes: built.shapes });
      casters.push(...built.casters);
    }
    items.push(...secondRow(stage, town, line, side, block, stream.fork('second row')));
  });
  return { items, casters };
}

interface Plot extends Stretch {
  readonly line: number;
  readonly side: Side;
}

interface Built {
  readonly shapes: Shape[];
  readonly casters: Caster[];
}

function plots(block: Stretch, [least, most]: readonly [number, number], random: Random): Stretch[] {
  const result: Stretch[] = [];
  let near = block.near;
  while (block.far - near > 4) {
    const length = random.uniform(least, most);
    const far = block.far - near - length < 5 ? block.far : near + length;
    result.push({ near, far });
    near = far;
  }
  return result;
}

function row(stage: Stage, town: Town, { near, far, line, side }: Plot, random: Random): Built {
  const [least, most] = town.storeys;
  const plan: BuildingPlan = {
    x: line + side * random.pick([0, 0, 0, 0.5]),
    side,
    near,
    far,
    storeys: least + random.integer(most - least + 1),
    depth: random.uniform(9, 13),
    pitchedRoof: random.chance(0.6),
  };
  return { shapes: building(stage, town, plan, random), casters: [buildingCaster(plan, town)] };
}

function house(stage: Stage, town: Town, plot: Plot, random: Random): Built {
  const { near, far, line, side } = plot;
  const setback = random.uniform(3, 7);
  const gap = random.uniform(1, 3.5);
  const plan: BuildingPlan = {
    x: line + side * setback,
    side,
    near: near + gap,
    far: Math.max(far - gap, near + gap + 5),
    storeys: 1 + random.integer(2) + (random.chance(0.3) ? 1 : 0),
    depth: random.uniform(8, 11),
    pitchedRoof: random.chance(0.85),
  };
  const shapes: Shape[] = [
    ...lawn(stage, town, plot, 30),
    ...building(stage, town, plan, random),
    ...planting(stage, town, plot, setback, random.integer(3), random),
    ...enclosure(stage, town, plot, random),
  ];
  return { shapes, casters: [buildingCaster(plan, town)] };
}

function park(stage: Stage, town: Town, plot: Plot, random: Random): Built {
  const shapes = [
    ...lawn(stage, town, plot, 60),
    ...planting(stage, town, plot, 16, 4 + random.integer(4), random),
    ...(random.chance(0.6) ? enclosure(stage, town, plot, random) : []),
  ];
  return { shapes, casters: [] };
}

function walled(stage: Stage, town: Town, plot: Plot, random: Random): Built {
  const height = random.uniform(1.6, 3);
  const { near, far, line, side } = plot;
  const shapes = [
    ...lawn(stage, town, plot, 40),
    ...planting(stage, town, plot, 12, 2 + random.integer(4), random),
    ...wall(stage, { x: line, side, near, far, height }, random),
  ];
  const width = Math.abs(line) * 0.02 + 0.4;
  return {
    shapes,
    casters: [{ footprint: footprint(line + (side * width) / 2, (near + far) / 2, width, far - near), height }],
  };
}

/** Fence, hedge or low wall between the pavement and a garden; at times nothing. */
function enclosure(stage: Stage, town: Town, { near, far, line, side }: Plot, random: Random): Shape[] {
  const kind = random.weighted({ fence: 4, hedge: 2.5, wall: 1.5, none: 0.6 });
  const plan = { x: line, side, near: near + 0.1, far: far - 0.1 };
  if (kind === 'fence') return fence(stage, { ...plan, height: random.uniform(0.9, 1.9) }, random);
  if (kind === 'hedge')
    return hedge(stage, { ...plan, height: random.uniform(0.9, 2.1), foliage: random.pick(town.foliage) }, random);
  if (kind === 'wall') return wall(stage, { ...plan, height: random.uniform(0.6, 1.3) }, random);
  return [];
}

function lawn(stage: Stage, town: Town, { near, far, line, side }: Plot, depth: number): Shape[] {
  const foliage = town.foliage[0];
  const path = stage.camera.band(line, line + side * depth, near, far, 0.1);
  return [{ label: TERRAIN, path, fill: onGround(stage, [foliage[0] + 26, foliage[1] + 18, foliage[2] + 14]) }];
}

/** Trees and bushes behind the building line, farthest first. */
function planting(
  stage: Stage,
  town: Town,
  { near, far, line, side }: Plot,
  depth: number,
  count: number,
  random: Random,
): Shape[] {
  const plants: Item[] = [];
  for (let i = 0; i < count; i++) {
    const z = random.uniform(near + 1, far - 1);
    const foliage = random.pick(town.foliage);
    const size = random.uniform(0.8, 1.8);
    const tall = random.chance(0.65);
    const x = line + side * random.uniform(1, depth);
    if (z < 2) continue;
    if (tall)
      plants.push(tree(stage, { x, z, height: random.uniform(4, 11), crown: random.uniform(3, 6.5), foliage }, random));
    else plants.push({ depth: z, shapes: bush(stage, { x, z, size, foliage }, random) });
  }
  return plants.sort((a, b) => b.depth - a.depth).flatMap(({ shapes }) => shapes);
}

/** Houses behind the first ones, seen down a cross street or over gardens. */
function secondRow(stage: Stage, town: Town, line: number, side: Side, block: Stretch, random: Random): Item[] {
  const items: Item[] = [];
  for (let x = line + side * 16; Math.abs(x) < 75; x += side * random.uniform(13, 22)) {
    if (random.chance(0.25)) {
      const plan = {
        x,
        z: block.near + 8,
        height: random.uniform(7, 12),
        crown: random.uniform(5, 8),
        foliage: random.pick(town.foliage),
      };
      if (plan.z > 6) items.push({ ...tree(stage, plan, random), depth: block.far + 0.5 });
      continue;
    }
    const plan: BuildingPlan = {
      x,
      side,
      near: block.near + random.uniform(0, 2),
      far: block.near + random.uniform(9, 16),
      storeys: town.storeys[0] + random.integer(2),
      depth: random.uniform(9, 14),
      pitchedRoof: random.chance(0.6),
    };
    if (plan.near > 4)
      items.push({ depth: block.far + 0.5 + Math.abs(x) / 100, shapes: building(stage, town, plan, random) });
  }
  return items;
}

function buildingCaster({ x, side, near, far, storeys, depth }: BuildingPlan, town: Town): Caster {
  return {
    footprint: footprint(x + (side * depth) / 2, (near + far) / 2, depth, far - near),
    height: storeys * town.storey,
  };
}
