import type { Random } from '../random';
import { cyclist, parkedBicycle } from './cyclist';
import type { Stage } from './light';
import { type PersonPlan, person } from './person';
import { footprint, roundFootprint } from './shadow';
import { inJunction, kerb, type Side, type Street } from './street';
import { type ChangeableThings, type Drawn, type Spot, subject } from './subject';
import type { Item } from './svg';

const PAVEMENT = 0.12;

/** @returns people on the pavements and crossing, cyclists, and bicycles left standing; its subjects are those on foot. */
export function crowd(stage: Stage, street: Street, random: Random): ChangeableThings {
  const { items, casters, subjects }: ChangeableThings = { items: [], casters: [], subjects: [] };
  const walk: Walk = (x, z, base, view, stream) => {
    const height = stream.chance(0.12) ? stream.uniform(1.05, 1.45) : stream.normal(1.72, 0.08);
    const draw = (spot: Spot, random: Random): Drawn => {
      const size = spot.size ?? 1;
      const plan = { ...spot, height: height * size, view };
      const ring = roundFootprint(spot.x, spot.z, 0.24 * size);
      return {
        item: person(stage, plan, random),
        caster: { footprint: ring, height: plan.height, base: spot.base },
      };
    };
    const somebody = subject('person', { x, z, base }, draw, stream);
    subjects.push(somebody);
    items.push(somebody.item);
    casters.push(somebody.caster);
  };
  onPavements(street, random.fork('pavements'), walk);
  acrossTheRoad(street, random.fork('crossing'), walk);
  const riders = random.fork('riders');
  for (let count = Number(riders.weighted({ '0': 4, '1': 4, '2': 2, '3': 1 })); count > 0; count--) {
    const lane = riders.pick(street.lanes);
    const z = riders.uniform(7, 55);
    const across = riders.chance(0.2);
    const x = across ? riders.uniform(street.left, street.right) : lane.x + lane.direction * 1.25;
    const view = across ? riders.pick(['left', 'right'] as const) : lane.direction === 1 ? 'back' : 'front';
    items.push(cyclist(stage, { x, z, view, machine: riders.chance(0.72) ? 'bicycle' : 'motorcycle' }, riders));
    casters.push({ footprint: footprint(x, z, 0.5, 1.5), height: 1.5 });
  }
  items.push(...leftStanding(stage, street, random.fork('standing')));
  return { items, casters, subjects };
}

type Walk = (x: number, z: number, base: number, view: PersonPlan['view'], stream: Random) => void;

function onPavements(street: Street, random: Random, walk: Walk): void {
  const busy = random.weighted({ quiet: 2, some: 4, many: 2 });
  const groups = { quiet: random.integer(3), some: 3 + random.integer(5), many: 8 + random.integer(8) }[busy];
  for (let group = 0; group < groups; group++) {
    const side = random.pick([-1, 1] as const);
    const z = 5.5 + random.next() ** 1.4 * 60;
    const x = onPavement(street, side, random.next());
    const view = random.weighted({ back: 3, front: 3, left: 1, right: 1 });
    const size = random.weighted({ one: 5, two: 3, three: 1 });
    for (let i = 0; i < { one: 1, two: 2, three: 3 }[size]; i++) {
      walk(x + i * 0.62 * -side, z + random.uniform(-0.4, 0.4), inJunction(street, z, 0) ? 0 : PAVEMENT, view, random);
    }
  }
}

function acrossTheRoad(street: Street, random: Random, walk: Walk): void {
  for (const { near } of street.junctions) {
    if (!random.chance(0.5)) continue;
    const view = random.pick(['left', 'right'] as const);
    for (let count = 1 + random.integer(4); count > 0; count--) {
      walk(random.uniform(street.left, street.right), near - random.uniform(1.4, 3.6), 0, view, random);
    }
  }
  if (random.chance(0.15))
    walk(
      random.uniform(street.left, street.right),
      random.uniform(9, 30),
      0,
      random.pick(['left', 'right'] as const),
      random,
    );
}

function leftStanding(stage: Stage, street: Street, random: Random): Item[] {
  const items: Item[] = [];
  if (!random.chance(0.45)) return items;
  const side = random.pick([-1, 1] as const);
  const start = random.uniform(5, 30);
  const count = 1 + random.integer(5);
  const along = random.chance(0.6);
  for (let i = 0; i < count; i++) {
    const z = start + i * (along ? 1.9 : 0.7);
    if (inJunction(street, z)) continue;
    const heading = along ? Math.PI / 2 + random.normal(0, 0.1) : random.normal(0.25, 0.1) * side;
    items.push(
      parkedBicycle(stage, { x: onPavement(street, side, along ? 0.95 : 0.8), z, base: PAVEMENT, heading }, random),
    );
  }
  return items;
}

/** x at a part (0 kerb, 1 building line) of the pavement's width. */
function onPavement(street: Street, side: Side, part: number): number {
  const width = side < 0 ? street.pavementLeft : street.pavementRight;
  return kerb(street, side) + side * (street.verge + 0.5 + part * (width - 0.8));
}
