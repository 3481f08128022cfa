/**
 * A pinhole camera above a street. World coordinates are metres: x to the right, y up from the road, z forward; the eye
 * is at (0, eyeHeight, 0). Picture coordinates are nominal pixels of a picture {@link PICTURE_HEIGHT} high: u to the
 * right, v down; the renderer scales them to the size asked for.
 */

export type Point2 = readonly [u: number, v: number];
/** A point of the ground. */
export type Ground = readonly [x: number, z: number];
export type Point3 = readonly [x: number, y: number, z: number];

/** Height of the nominal picture, in whose pixels everything is drawn. */
export const PICTURE_HEIGHT = 512;

/** Paths are written in whole numbers of this part of a nominal pixel: short to write and quick to read. */
export const PATH_UNITS = 4;

/** Cityscapes' focal length is 2262 px for pictures 1024 px high. */
const FOCAL_PER_HEIGHT = 2.2;

/** Nothing nearer than this is drawn, in metres. */
const NEAR = 0.6;

/** Paths narrower or lower than this many nominal pixels are left out. */
const TRACE = 0.25;

export interface CameraOptions {
  /** Width over height of the picture. */
  aspect?: number;
  /** Metres above the road. */
  eyeHeight?: number;
  /** Row of the horizon as a part of the picture's height, from above. */
  horizon?: number;
  /** Column of the vanishing point as a part of the picture's width. */
  vanishing?: number;
  /** The street bends sideways by bend * z² metres. */
  bend?: number;
}

export class Camera {
  readonly width: number;
  readonly height = PICTURE_HEIGHT;
  readonly focal = FOCAL_PER_HEIGHT * PICTURE_HEIGHT;
  readonly eyeHeight: number;
  readonly bend: number;
  /** Column and row of the point that all lines along the street run to. */
  readonly vanishing: Point2;

  constructor({ aspect = 2, eyeHeight = 1.25, horizon = 0.44, vanishing = 0.5, bend = 0 }: CameraOptions = {}) {
    this.width = PICTURE_HEIGHT * aspect;
    this.eyeHeight = eyeHeight;
    this.bend = bend;
    this.vanishing = [this.width * vanishing, PICTURE_HEIGHT * horizon];
  }

  /** Nominal pixels that a metre across the line of sight takes at distance z. */
  scale(z: number): number {
    return this.focal / Math.max(z, NEAR);
  }

  /** @returns the picture point of a world point; z has to be positive. */
  project([x, y, z]: Point3): Point2 {
    const scale = this.scale(z);
    return [this.vanishing[0] + (x + this.bend * z * z) * scale, this.vanishing[1] + (this.eyeHeight - y) * scale];
  }

  /** @returns the closed SVG path of a flat world polygon, cut off where it comes too near; '' if nothing is left. */
  polygon(...points: readonly Point3[]): string {
    const kept = clipNear(points);
    if (kept.length < 3) return '';
    const projected = kept.map((point) => this.project(point));
    return this.shows(projected) ? closedPath(...projected) : '';
  }

  /** @returns the path of an upright wall between two points (x, z) of the ground, as {@link polygon} gives it. */
  wall([x, z]: Ground, [toX, toZ]: Ground, bottom: number, top: number): string {
    return this.polygon([x, bottom, z], [x, top, z], [toX, top, toZ], [toX, bottom, toZ]);
  }

  /** @returns whether the corners run clockwise in the picture: faces are built so that this means "seen from outside". */
  facesEye(points: readonly Point3[]): boolean {
    return signedArea(points.map((point) => this.project(point))) > 0;
  }

  /** @returns whether anything of the points' bounding box is inside the picture and more than a trace of a pixel. */
  shows(points: readonly Point2[], margin = 0): boolean {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const [u, v] of points) {
      if (u < left) left = u;
      if (u > right) right = u;
      if (v < top) top = v;
      if (v > bottom) bottom = v;
    }
    if (right + margin < 0 || left - margin > this.width || bottom + margin < 0 || top - margin > this.height)
      return false;
    return right - left + 2 * margin > TRACE && bottom - top + 2 * margin > TRACE;
  }

  /** A band on the ground (or at height y) between two lateral edges, following the bend. */
  band(leftX: number, rightX: number, nearZ: number, farZ: number, y = 0): string {
    return this.sweep([leftX, y], [rightX, y], nearZ, farZ);
  }

  /** The surface between two edges (x, y) that run along the street and follow its bend. */
  sweep(
    from: readonly [x: number, y: number],
    to: readonly [x: number, y: number],
    nearZ: number,
    farZ: number,
  ): string {
    const steps = this.bend === 0 ? [nearZ, farZ] : stations(Math.max(nearZ, NEAR), farZ);
    const first = steps.map((z): Point3 => [...from, z]);
    const second = steps.map((z): Point3 => [...to, z]).reverse();
    return this.polygon(...first, ...second);
  }

  /**
   * An upright plane through (x, z) for drawing flat things in metres. With heading 0 it faces the eye and `across` runs
   * along x; with heading π/2 it stands along the street and `across` runs along z. With another size than 1 all that is
   * drawn on it is so much larger.
   */
  upright(
    x: number,
    z: number,
    { base = 0, heading = 0, size = 1 }: { base?: number; heading?: number; size?: number } = {},
  ): Upright {
    return new Upright(this, { x, base, z, size, acrossX: Math.cos(heading), acrossZ: Math.sin(heading) });
  }
}

/** An upright plane in the world whose points are given as (across, up) in metres. */
export class Upright {
  constructor(
    private readonly camera: Camera,
    private readonly at: {
      readonly x: number;
      readonly base: number;
      readonly z: number;
      readonly size: number;
      readonly acrossX: number;
      readonly acrossZ: number;
    },
  ) {}

  get z(): number {
    return this.at.z;
  }

  /** Nominal pixels that a metre on the plane takes. */
  get scale(): number {
    return this.camera.scale(this.z) * this.at.size;
  }

  /** @returns the world point at (across, up). */
  world(across: number, up: number): Point3 {
    const { x, base, z, size, acrossX, acrossZ } = this.at;
    return [x + across * size * acrossX, base + up * size, z + across * size * acrossZ];
  }

  point(across: number, up: number): Point2 {
    return this.camera.project(this.world(across, up));
  }

  polygon(...points: readonly Point2[]): string {
    return this.camera.polygon(...points.map(([across, up]) => this.world(across, up)));
  }

  line(...points: readonly Point2[]): string {
    const projected = points.map(([across, up]) => this.point(across, up));
    return this.camera.shows(projected, 0.3 * this.scale) ? openPath(...projected) : '';
  }

  rectangle(left: number, bottom: number, right: number, top: number): string {
    return this.polygon([left, bottom], [right, bottom], [right, top], [left, top]);
  }

  ellipse(across: number, up: number, radius: number, radiusUp = radius, corners = 18): string {
    const points: Point2[] = [];
    for (let i = 0; i < corners; i++) {
      const angle = (2 * Math.PI * i) / corners;
      points.push([across + radius * Math.cos(angle), up + radiusUp * Math.sin(angle)]);
    }
    return this.polygon(...points);
  }

  /** A closed curve that rounds the corners of the polygon. */
  smooth(...points: readonly Point2[]): string {
    return smoothPath(...points.map(([across, up]) => this.point(across, up)));
  }
}

/** Distances that follow a bend closely near by and coarsely far off. */
function stations(near: number, far: number): number[] {
  const steps: number[] = [];
  for (let z = near; z < far; z = z * 1.25 + 0.5) steps.push(z);
  return [...steps, far];
}

function clipNear(points: readonly Point3[]): Point3[] {
  if (points.every((point) => point[2] >= NEAR)) return [...points];
  const kept: Point3[] = [];
  points.forEach((from, index) => {
    const to = points[(index + 1) % points.length];
    if (from[2] >= NEAR) kept.push(from);
    if (from[2] >= NEAR !== to[2] >= NEAR) {
      const t = (NEAR - from[2]) / (to[2] - from[2]);
      kept.push([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]), NEAR]);
    }
  });
  return kept;
}

/** Twice the area; positive when the points run clockwise as seen in the picture (v points down). */
export function signedArea(points: readonly Point2[]): number {
  let sum = 0;
  points.forEach(([u, v], index) => {
    const [nextU, nextV] = points[(index + 1) % points.length];
    sum += u * nextV - nextU * v;
  });
  return sum;
}

function openPath(...points: readonly Point2[]): string {
  let path = 'M';
  for (const [u, v] of points) path += `${units(u)} ${units(v)} `;
  return path;
}

export function closedPath(...points: readonly Point2[]): string {
  return `${openPath(...points)}Z`;
}

/** A closed curve through the middles of the edges, the corners being its control points. */
export function smoothPath(...points: readonly Point2[]): string {
  let [u, v] = points[points.length - 1];
  const [firstU, firstV] = points[0];
  let path = `M${units((u + firstU) / 2)} ${units((v + firstV) / 2)}Q`;
  [u, v] = points[0];
  for (let i = 1; i <= points.length; i++) {
    const [nextU, nextV] = points[i % points.length];
    path += `${units(u)} ${units(v)} ${units((u + nextU) / 2)} ${units((v + nextV) / 2)} `;
    [u, v] = [nextU, nextV];
  }
  return `${path}Z`;
}

function units(pixels: number): number {
  return Math.round(pixels * PATH_UNITS);
}
