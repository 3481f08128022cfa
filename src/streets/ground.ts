import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Point3 } from './camera';
import { mix, palette, pickColor, type Rgb, scale } from './color';
import { type Stage, shade } from './light';
import { blocks, buildingLine, FAR, inJunction, kerb, LANE, type Side, type Street } from './street';
import type { LinearGradient, Shape } from './svg';
import type { Town } from './town';

const ROAD = labelNamed('road').id;
const SIDEWALK = labelNamed('sidewalk').id;
const PARKING = labelNamed('parking').id;
const TERRAIN = labelNamed('terrain').id;
const RAIL_TRACK = labelNamed('rail track').id;

const UP: Point3 = [0, 1, 0];
const FARTHEST = 900;
const KERB_HEIGHT = 0.12;

/** @returns road, pavements, verges, cross streets and markings, in painter's order. */
export function ground(stage: Stage, street: Street, town: Town, random: Random): Shape[] {
  const { camera } = stage;
  const grass = pickColor(palette('68743e 787648 5c6c3a'), random, 6);
  const outside = random.chance(0.5);
  const all = camera.polygon(
    [-FARTHEST, 0, 0.7],
    [FARTHEST, 0, 0.7],
    [FARTHEST, 0, FARTHEST],
    [-FARTHEST, 0, FARTHEST],
  );
  const road = (path: string) => surface(stage, ROAD, path, town.asphalt);
  return [
    surface(stage, outside ? TERRAIN : SIDEWALK, all, outside ? grass : scale(town.pavement, 0.92)),
    road(camera.band(street.left, street.right, 0.7, FARTHEST)),
    ...([-1, 1] as const).flatMap((side) => pavement(stage, street, town, side, grass)),
    ...street.junctions.map(({ near, far }) => road(camera.band(-120, 120, near, far))),
    ...parkingStrip(stage, street, town, random),
    ...wear(stage, street, town, random),
    ...markings(stage, street, town, random),
    ...rails(stage, street, town),
  ];
}

/** A flat colour lit from above that fades into the haze towards the horizon. */
export function onGround({ camera, light }: Stage, color: Rgb): LinearGradient {
  const u = camera.width / 2;
  const distances = [4, 8, 16, 32, 64, 150, FARTHEST];
  const bottom = camera.height - camera.vanishing[1];
  const stops = distances.map((z) => {
    const offset = 1 - (camera.eyeHeight * camera.scale(z)) / bottom;
    return [Math.max(0, Math.round(offset * 1000) / 1000), shade(light, color, UP, z)] as const;
  });
  return { from: [u, camera.height], to: [u, camera.vanishing[1]], stops };
}

function surface(stage: Stage, label: number | null, path: string, color: Rgb, opacity?: number): Shape {
  return { label, path, fill: onGround(stage, color), opacity };
}

function pavement(stage: Stage, street: Street, town: Town, side: Side, grass: Rgb): Shape[] {
  const { camera } = stage;
  const inner = kerb(street, side);
  const vergeEdge = inner + side * (0.15 + street.verge);
  const outer = buildingLine(street, side) + side * 0.5;
  return blocks(street, 0.7)
    .reverse()
    .flatMap(({ near, far }) => {
      const end = far === FAR ? FARTHEST : far;
      const raised = (from: number, to: number) => camera.band(from, to, near, end, KERB_HEIGHT);
      const kerbstone = inner + side * 0.15;
      const edge = camera.sweep([inner, 0], [inner, KERB_HEIGHT], near, end);
      return [
        surface(stage, SIDEWALK, raised(inner, outer), town.pavement),
        surface(stage, SIDEWALK, raised(inner, kerbstone), mix(town.pavement, [210, 208, 204], 0.45)),
        surface(stage, SIDEWALK, edge, scale(town.pavement, 0.72)),
        ...(street.verge > 0 ? [surface(stage, TERRAIN, raised(kerbstone, vergeEdge), grass)] : []),
      ];
    });
}

function parkingStrip(stage: Stage, street: Street, town: Town, random: Random): Shape[] {
  if (!street.parkedRight || !random.chance(0.3)) return [];
  return blocks(street, 0.7).map(({ near, far }) => {
    const path = stage.camera.band(street.right - 2.1, street.right, near + 2, far - 2);
    return surface(stage, PARKING, path, mix(town.asphalt, town.pavement, 0.5));
  });
}

/** Patches, tracks worn by wheels, seams of tar and manhole covers. */
function wear(stage: Stage, street: Street, town: Town, random: Random): Shape[] {
  const { camera } = stage;
  const shapes: Shape[] = [];
  const worn = (path: string, brightness: number, opacity?: number) =>
    shapes.push(surface(stage, null, path, scale(town.asphalt, brightness), opacity));
  for (const { x } of street.lanes)
    for (const wheel of [-0.75, 0.75])
      worn(camera.band(x + wheel - 0.28, x + wheel + 0.28, 0.7, 200), random.uniform(0.86, 1.06), 0.5);
  for (let patch = random.integer(4); patch > 0; patch--) {
    const x = random.uniform(street.left, street.right - 1);
    const z = random.uniform(4, 35);
    const path = camera.band(x, Math.min(street.right, x + random.uniform(0.6, 2.5)), z, z + random.uniform(1, 9));
    worn(path, random.uniform(0.78, 1.12), 0.8);
  }
  if (random.chance(0.6)) {
    const x = random.pick(street.lanes).x + random.pick([-1.6, 0, 1.6]);
    worn(camera.band(x, x + 0.07, 0.7, 90), 0.6);
  }
  for (let cover = random.integer(3); cover > 0; cover--) {
    const x = random.uniform(street.left + 1, street.right - 1);
    const z = random.uniform(5, 25);
    const rim = Array.from({ length: 14 }, (_, i): Point3 => {
      const angle = (2 * Math.PI * i) / 14;
      return [x + 0.33 * Math.cos(angle), 0, z + 0.33 * Math.sin(angle)];
    });
    shapes.push({ label: null, path: camera.polygon(...rim), fill: shade(stage.light, [70, 68, 66], UP, z) });
  }
  return shapes;
}

function markings(stage: Stage, street: Street, town: Town, random: Random): Shape[] {
  const { camera } = stage;
  const paint = onGround(stage, mix([226, 226, 222], town.asphalt, random.uniform(0, 0.35)));
  const paths: string[] = [];
  const dashes = (x: number, length: number, gap: number) => {
    for (let z = random.uniform(-length, 2); z < 110; z += length + gap) {
      if (!inJunction(street, z + length / 2, 4)) paths.push(camera.band(x - 0.07, x + 0.07, z, z + length));
    }
  };
  const line = (x: number) => {
    for (const { near, far } of blocks(street, 0.7)) paths.push(camera.band(x - 0.06, x + 0.06, near, far - 3));
  };
  const crossing = (z: number) => {
    for (let x = street.left + 0.5; x < street.right - 0.5; x += 1) paths.push(camera.band(x, x + 0.5, z, z + 3));
  };
  const [dash, gap] = random.pick([
    [3, 6],
    [4, 8],
    [3, 3],
  ]);
  if (street.middle - 1 > street.left && random.chance(0.85)) {
    if (random.chance(0.2)) line(street.middle);
    else dashes(street.middle, dash, gap);
  }
  for (const { x, direction } of street.lanes) {
    const edge = x + (LANE / 2) * (direction === 1 ? -1 : 1);
    if (Math.abs(edge - street.middle) > 1) dashes(edge, dash, gap);
  }
  if (street.parkedRight && random.chance(0.5)) line(street.right - 2.25);
  for (const { near, far } of street.junctions) {
    if (random.chance(0.55)) crossing(near - 4);
    else if (random.chance(0.7)) paths.push(camera.band(street.middle + 0.2, street.right - 0.2, near - 1, near - 0.6));
    if (random.chance(0.3)) crossing(far + 1);
  }
  if (random.chance(0.25)) paths.push(...arrow(stage, random.uniform(9, 20)));
  return [{ label: null, path: paths.join(''), fill: paint }];
}

/** In the lane of the eye. */
function arrow({ camera }: Stage, z: number): string[] {
  const head = camera.polygon([-0.4, 0, z + 2.6], [0.4, 0, z + 2.6], [0, 0, z + 4.4]);
  return [camera.band(-0.09, 0.09, z, z + 2.7), head];
}

function rails(stage: Stage, street: Street, town: Town): Shape[] {
  if (!street.tramway) return [];
  const { camera } = stage;
  const x = street.middle - LANE / 2;
  const bed = camera.band(x - 0.95, x + 0.95, 0.7, 300);
  const steel = [-0.72, 0.72].map((rail) => camera.band(x + rail - 0.05, x + rail + 0.05, 0.7, 300)).join('');
  return [
    surface(stage, RAIL_TRACK, bed, mix(town.asphalt, [120, 112, 104], 0.6)),
    surface(stage, null, steel, [74, 72, 74]),
  ];
}
