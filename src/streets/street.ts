import type { Random } from '../random';

export type Side = -1 | 1;

/** A stretch of z, in metres from the eye. */
export interface Stretch {
  readonly near: number;
  readonly far: number;
}

/** The plan of a street, seen from a car in its right lane; x of the eye is 0. */
export interface Street {
  /** x of the kerbs. */
  readonly left: number;
  readonly right: number;
  /** Metres of pavement, and of grass between it and the kerb. */
  readonly pavementLeft: number;
  readonly pavementRight: number;
  readonly verge: number;
  /** Whether cars are parked along the kerb. */
  readonly parkedLeft: boolean;
  readonly parkedRight: boolean;
  /** Middle of each lane; traffic moves away from the eye (1) or towards it (-1). */
  readonly lanes: readonly { readonly x: number; readonly direction: 1 | -1 }[];
  /** x of the line between the two directions. */
  readonly middle: number;
  /** Cross streets, nearest first. */
  readonly junctions: readonly Stretch[];
  readonly tramway: boolean;
}

export const LANE = 3.2;
const PARKING = 2.3;

/** Where things stop being drawn one by one, in metres. */
export const FAR = 150;

export function createStreet(random: Random): Street {
  const lanesAhead = random.weighted({ one: 3, two: 1 }) === 'one' ? 1 : 2;
  const lanesBack = random.weighted({ none: 0.6, one: 3, two: 1 });
  const oncoming = { none: 0, one: 1, two: 2 }[lanesBack];
  const own = lanesAhead === 2 ? random.integer(2) : 0;
  const lanes: { x: number; direction: 1 | -1 }[] = [];
  for (let lane = 0; lane < lanesAhead; lane++) lanes.push({ x: (lane - own) * LANE, direction: 1 });
  const middle = -own * LANE - LANE / 2;
  for (let lane = 0; lane < oncoming; lane++) lanes.push({ x: middle - LANE / 2 - lane * LANE, direction: -1 });
  const parkedRight = random.chance(0.6);
  const parkedLeft = random.chance(0.6);
  const junctions: Stretch[] = [];
  for (let z = random.uniform(9, 70); z < 110; z += random.uniform(40, 90)) {
    junctions.push({ near: z, far: z + random.uniform(7, 14) });
  }
  return {
    left: middle - oncoming * LANE - (parkedLeft ? PARKING : 0.3),
    right: middle + lanesAhead * LANE + (parkedRight ? PARKING : 0.3),
    pavementLeft: random.uniform(1.8, 4.2),
    pavementRight: random.uniform(1.8, 4.2),
    verge: random.chance(0.3) ? random.uniform(0.8, 2.2) : 0,
    parkedLeft,
    parkedRight,
    lanes,
    middle,
    junctions,
    tramway: oncoming > 0 && random.chance(0.15),
  };
}

/** x of the kerb on that side. */
export function kerb(street: Street, side: Side): number {
  return side < 0 ? street.left : street.right;
}

/** x of the building line on that side: the outer edge of the pavement. */
export function buildingLine(street: Street, side: Side): number {
  const pavement = side < 0 ? street.pavementLeft : street.pavementRight;
  return kerb(street, side) + side * (pavement + street.verge);
}

/** @returns the stretches between the cross streets, nearest first, from `near` to {@link FAR}. */
export function blocks(street: Street, near = 1): Stretch[] {
  const result: Stretch[] = [];
  let start = near;
  for (const junction of street.junctions) {
    if (junction.near - start > 2) result.push({ near: start, far: junction.near });
    start = junction.far;
  }
  if (FAR - start > 2) result.push({ near: start, far: FAR });
  return result;
}

export function inJunction(street: Street, z: number, margin = 1): boolean {
  return street.junctions.some(({ near, far }) => z > near - margin && z < far + margin);
}
