import type { Random } from '../random';
import type { Point3 } from './camera';
import { mix, type Rgb, scale } from './color';
import { type Stage, shade } from './light';
import type { Item, LinearGradient, Shape } from './svg';
import type { Profile } from './vehicle-profiles';

export interface VehiclePlan {
  readonly profile: Profile;
  /** Middle of the vehicle on the ground. */
  readonly x: number;
  readonly z: number;
  /** Direction it faces: 0 away from the eye, π towards it, π/2 to the right. */
  readonly heading: number;
  readonly paint: Rgb;
}

/** Beyond this many metres doors, lamps and hubs are too small to see. */
const DETAIL_DISTANCE = 48;

const DARK: Rgb = [27, 27, 29];

/**
 * @returns a vehicle: its side view drawn out across its width. The strips and flanks that face the eye are painted, which
 * is enough because the body is convex; then windows, wheels and lamps.
 */
export function vehicle(stage: Stage, plan: VehiclePlan, random: Random): Item {
  const { profile, z, heading } = plan;
  const body = new Body(stage, plan);
  const middle = stage.camera.project([plan.x, profile.height / 2, Math.max(z, 1)]);
  if (!stage.camera.shows([middle], profile.length * stage.camera.scale(z - profile.length / 2)))
    return { depth: z, shapes: [] };
  const glass = mix([34, 38, 46], stage.light.skyline, random.uniform(0.08, 0.25));
  underside(body);
  strips(body, glass);
  for (const side of [-1, 1] as const) flank(body, side, glass);
  if (z < DETAIL_DISTANCE) ends(body, random);
  return { depth: z - Math.abs(Math.cos(heading)) * (profile.length / 2) * 0.9, shapes: body.shapes };
}

/** Paints polygons given in the vehicle's own metres: along from the rear, up, across to its right. */
class Body {
  readonly shapes: Shape[] = [];
  readonly near: boolean;
  private readonly forward: readonly [x: number, z: number];

  constructor(
    private readonly stage: Stage,
    readonly plan: VehiclePlan,
  ) {
    this.near = plan.z < DETAIL_DISTANCE;
    this.forward = [Math.sin(plan.heading), Math.cos(plan.heading)];
  }

  /** A part that the mask shows: seen from outside, if asked to be. */
  solid(points: readonly Point3[], color: Rgb, normal: Point3, { round = true, shine = false } = {}): boolean {
    const world = points.map((point) => this.toWorld(point));
    const { camera } = this.stage;
    if (round && !camera.facesEye(world)) return false;
    const path = camera.polygon(...world);
    const flat = this.shade(color, normal);
    const stroke = round && this.near ? { color: flat, width: 0.07 * camera.scale(this.plan.z) } : undefined;
    const fill = shine && this.near ? this.shine(points, color, normal) : flat;
    this.shapes.push({ label: this.plan.profile.label, path, fill, stroke });
    return true;
  }

  /** A part inside the outline, which only the picture shows; left out when it faces away. */
  detail(points: readonly Point3[], color: Rgb, normal: Point3, shine = false): void {
    const world = points.map((point) => this.toWorld(point));
    if (!this.stage.camera.facesEye(world)) return;
    const fill = shine ? this.shine(points, color, normal) : this.shade(color, normal);
    this.shapes.push({ label: null, path: this.stage.camera.polygon(...world), fill });
  }

  /** Paint and glass reflect the sky above and the road below. */
  private shine(points: readonly Point3[], color: Rgb, normal: Point3): LinearGradient {
    const heights = points.map(([, up]) => up);
    const [along, , across] = points[0];
    const at = (up: number) => this.stage.camera.project(this.toWorld([along, up, across]));
    const { skyline } = this.stage.light;
    return {
      from: at(Math.max(...heights)),
      to: at(Math.min(...heights) - 0.01),
      stops: [
        [0, mix(this.shade(color, normal), skyline, 0.16)],
        [0.4, this.shade(color, normal)],
        [1, this.shade(scale(color, 0.66), normal)],
      ],
    };
  }

  private shade(color: Rgb, [along, up, across]: Point3): Rgb {
    const [fx, fz] = this.forward;
    return shade(this.stage.light, color, [fx * along + fz * across, up, fz * along - fx * across], this.plan.z);
  }

  private toWorld([along, up, across]: Point3): Point3 {
    const { x, z, profile } = this.plan;
    const [fx, fz] = this.forward;
    const ahead = along - profile.length / 2;
    return [x + fx * ahead + fz * across, up, z + fz * ahead - fx * across];
  }
}

/** Tyres below the bumpers, and the dark under the floor. */
function underside(body: Body): void {
  const { length, width, wheels, outline } = body.plan.profile;
  const half = width / 2;
  const down: Point3 = [0, -1, 0];
  for (const along of [wheels[0], wheels[wheels.length - 1]]) {
    body.solid(crosswise(along, -half + 0.02, -half + 0.24, 0, 0.5), DARK, down, { round: false });
    body.solid(crosswise(along, half - 0.24, half - 0.02, 0, 0.5), DARK, down, { round: false });
  }
  const floor = outline[0][1];
  body.solid(crosswise(length / 2, -half, half, floor - 0.06, floor + 0.2), scale(DARK, 0.6), down, { round: false });
}

/** The faces across the vehicle: bumper, tailgate, windows, roof, bonnet. */
function strips(body: Body, glass: Rgb): void {
  const { outline, width } = body.plan.profile;
  const half = width / 2;
  for (let i = 0; i + 1 < outline.length; i++) {
    const [along, up, inset, surface] = outline[i];
    const [nextAlong, nextUp, nextInset] = outline[i + 1];
    const strip: Point3[] = [
      [along, up, -half + inset],
      [nextAlong, nextUp, -half + nextInset],
      [nextAlong, nextUp, half - nextInset],
      [along, up, half - inset],
    ];
    const steep = Math.hypot(nextUp - up, nextAlong - along);
    const normal: Point3 = [-(nextUp - up) / steep, (nextAlong - along) / steep, 0];
    const visible = body.solid(strip, surface === 'trim' ? [48, 48, 52] : body.plan.paint, normal);
    if (visible && surface === 'glass') body.detail(inner(strip, 0.09, 0.1), scale(glass, 1.2), normal, true);
  }
}

/** One side of the vehicle with its windows, doors, sill and wheels. */
function flank(body: Body, side: -1 | 1, glass: Rgb): void {
  const { paint, profile } = body.plan;
  const { width, length, outline, wheelRadius } = profile;
  const half = width / 2;
  const normal: Point3 = [0, 0.12, side];
  // Clockwise as seen from this side.
  const turn = (points: Point3[]) => (side < 0 ? points.reverse() : points);
  const ring = turn(outline.map(([along, up, inset]): Point3 => [along, up, side * (half - inset)]));
  if (!body.solid(ring, scale(paint, 0.97), normal, { shine: true })) return;

  const on = (...points: readonly (readonly [number, number])[]): Point3[] =>
    turn(points.map(([along, up]) => [along, up, side * (half - profile.insetAt(up))]));
  const upright = (along: number, bottom: number, end: number, top: number) =>
    on([along, bottom], [along, top], [end, top], [end, bottom]);
  for (const pane of profile.windows) body.detail(on(...pane), glass, normal, body.near);
  if (body.near) {
    for (const [along, bottom, top] of profile.doors) {
      body.detail(upright(along, bottom, along + 0.03, top), scale(paint, 0.6), normal);
    }
    const sill = outline[0][1];
    body.detail(upright(0.2, sill, length - 0.2, sill + 0.14), [52, 52, 54], normal);
  }
  const corners = body.near ? 18 : 9;
  for (const along of profile.wheels) {
    const disc = (radius: number) =>
      turn(
        Array.from({ length: corners }, (_, i): Point3 => {
          const angle = (-2 * Math.PI * i) / corners;
          return [along + radius * Math.cos(angle), wheelRadius + radius * Math.sin(angle), side * (half - 0.01)];
        }),
      );
    body.solid(disc(wheelRadius * 1.12), scale(DARK, 0.7), normal, { round: false });
    body.detail(disc(wheelRadius), [44, 44, 46], normal);
    if (!body.near) continue;
    body.detail(disc(wheelRadius * 0.66), [138, 140, 144], normal);
    body.detail(disc(wheelRadius * 0.5), [92, 94, 98], normal);
    body.detail(disc(wheelRadius * 0.2), [150, 152, 154], normal);
  }
}

/** Lamps, plate and grille at both ends; those that face away are left out. */
function ends(body: Body, random: Random): void {
  const { length, width, lamps } = body.plan.profile;
  const half = width / 2;
  const panel = (end: -1 | 1, left: number, bottom: number, right: number, top: number, fill: Rgb) => {
    const along = end < 0 ? -0.03 : length + 0.03;
    // Seen from behind, the vehicle's left is on the left; seen from the front it is on the right.
    const [first, second] = end < 0 ? [left, right] : [right, left];
    body.detail(crosswise(along, first, second, bottom, top), fill, [end, 0.1, 0]);
  };
  const [bottom, top] = lamps.rear;
  const red: Rgb = random.chance(0.3) ? [250, 60, 48] : [150, 28, 30];
  panel(-1, -half + 0.05, bottom, -half + lamps.width, top, red);
  panel(-1, half - lamps.width, bottom, half - 0.05, top, red);
  panel(-1, -half + 0.1, 0.3, half - 0.1, 0.42, [44, 44, 46]);
  const plate: Rgb = [222, 222, 214];
  panel(-1, -0.26, lamps.plate, 0.26, lamps.plate + 0.11, plate);
  const [frontBottom, frontTop] = lamps.front;
  const white: Rgb = random.chance(0.3) ? [255, 252, 235] : [200, 204, 208];
  panel(1, -half + 0.62, frontBottom - 0.12, half - 0.62, frontTop - 0.06, [32, 32, 34]);
  panel(1, -half + 0.07, frontBottom, -half + 0.07 + lamps.width, frontTop, white);
  panel(1, half - 0.07 - lamps.width, frontBottom, half - 0.07, frontTop, white);
  panel(1, -half + 0.25, 0.3, half - 0.25, 0.42, [36, 36, 38]);
  panel(1, -0.26, 0.44, 0.26, 0.55, plate);
}

/** An upright rectangle across the vehicle. */
function crosswise(along: number, left: number, right: number, bottom: number, top: number): Point3[] {
  return [
    [along, bottom, left],
    [along, top, left],
    [along, top, right],
    [along, bottom, right],
  ];
}

/** The quadrilateral shrunk towards its middle, by parts of its width and height. */
function inner([a, b, c, d]: readonly Point3[], across: number, up: number): Point3[] {
  const at = (s: number, t: number): Point3 => {
    const blend = (i: 0 | 1 | 2) => (a[i] * (1 - s) + d[i] * s) * (1 - t) + (b[i] * (1 - s) + c[i] * s) * t;
    return [blend(0), blend(1), blend(2)];
  };
  return [at(across, up), at(across, 1 - up), at(1 - across, 1 - up), at(1 - across, up)];
}
