import type { Random } from '../random';
import type { Stage } from './light';
import { type Caster, footprint } from './shadow';
import { inJunction, LANE, type Street } from './street';
import type { Things } from './subject';
import type { Item } from './svg';
import { vehicle } from './vehicle';
import { carPaint, LARGE, largePaint, type Profile, pickCar } from './vehicle-profiles';

/** @returns moving, parked and crossing vehicles. */
export function traffic(stage: Stage, street: Street, random: Random): Things {
  const items: Item[] = [];
  const casters: Caster[] = [];
  const put = (profile: Profile, x: number, z: number, heading: number, stream: Random) => {
    const paint = profile.height > 2.2 ? largePaint(stream) : carPaint(stream);
    items.push(vehicle(stage, { profile, x, z, heading, paint }, stream));
    casters.push({ footprint: footprint(x, z, profile.width, profile.length, heading), height: profile.height * 0.92 });
  };
  moving(street, random.fork('moving'), put);
  parked(street, random.fork('parked'), put);
  crossing(street, random.fork('crossing'), put);
  return { items, casters };
}

type Put = (profile: Profile, x: number, z: number, heading: number, stream: Random) => void;

function moving(street: Street, random: Random, put: Put): void {
  const gap = random.pick([18, 30, 50, 90]);
  street.lanes.forEach(({ x, direction }, index) => {
    const stream = random.fork(index);
    for (let z = stream.uniform(x === 0 ? 11 : 7, gap * 1.5); z < 110; ) {
      const onRails = street.tramway && direction === -1;
      const profile = pickMoving(stream, onRails);
      const middle = z + profile.length / 2;
      put(profile, x + stream.normal(0, 0.16), middle, direction === 1 ? 0 : Math.PI, stream);
      z += profile.length + stream.uniform(4, gap * 1.6);
    }
  });
}

function pickMoving(random: Random, onRails: boolean): Profile {
  const kind = random.weighted({ car: 9, truck: 0.7, van: 0.8, bus: 0.6, tram: onRails ? 2 : 0 });
  return kind === 'car' ? pickCar(random) : LARGE[kind];
}

function parked(street: Street, random: Random, put: Put): void {
  for (const side of [-1, 1] as const) {
    if (!(side < 0 ? street.parkedLeft : street.parkedRight)) continue;
    const stream = random.fork(side);
    const filled = stream.uniform(0.2, 0.85);
    const x = side < 0 ? street.left + 1.1 : street.right - 1.1;
    for (let z = stream.uniform(4, 12); z < 100; ) {
      const profile = stream.chance(0.06) ? LARGE.van : pickCar(stream);
      const middle = z + profile.length / 2;
      const heading = (side < 0 && stream.chance(0.75) ? Math.PI : 0) + stream.normal(0, 0.025);
      if (stream.chance(filled) && !inJunction(street, middle, 6))
        put(profile, x + stream.normal(0, 0.1), middle, heading, stream);
      z += profile.length + stream.uniform(0.6, 1.8);
    }
  }
}

function crossing(street: Street, random: Random, put: Put): void {
  street.junctions.forEach(({ near, far }, index) => {
    const stream = random.fork(index);
    const middle = (near + far) / 2;
    if (near < 14) return;
    for (const direction of [-1, 1] as const) {
      if (!stream.chance(0.4)) continue;
      const profile = stream.chance(0.85) ? pickCar(stream) : LARGE.truck;
      const reach = stream.uniform(2, 14);
      const x = stream.pick([street.left - reach, street.right + reach, stream.uniform(street.left, street.right)]);
      put(profile, x, middle - (direction * LANE) / 2, (direction * Math.PI) / 2 + stream.normal(0, 0.12), stream);
    }
  });
}
