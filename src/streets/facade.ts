import { labelNamed } from '../labels';
import type { Random } from '../random';
import type { Point3, Upright } from './camera';
import { mix, palette, pickColor, type Rgb, scale, vary } from './color';
import { type Stage, shade } from './light';
import type { Shape } from './svg';

const BUILDING = labelNamed('building').id;

/** Nothing but the bare wall is drawn beyond this many metres. */
const DETAIL_DISTANCE = 110;

/** An upright rectangle of wall: along the ground from `from` to `to`, seen from outside with `from` on the left. */
export interface Wall {
  readonly from: readonly [x: number, z: number];
  readonly to: readonly [x: number, z: number];
  readonly height: number;
}

export interface FacadeStyle {
  readonly color: Rgb;
  /** Metres from floor to floor. */
  readonly storey: number;
  readonly windowWidth: number;
  readonly windowHeight: number;
  /** Metres from window to window. */
  readonly pitch: number;
  readonly trim: Rgb;
  readonly shutters: Rgb | null;
  readonly groundFloor: 'shop' | 'flat';
  readonly balconies: boolean;
  /** How much of the sky its windows show, 0 to 1. */
  readonly reflection: number;
}

/** What the parts of one façade are drawn with: (across, up) in metres from its lower left corner. */
interface Face {
  readonly frame: Upright;
  readonly length: number;
  readonly height: number;
  readonly style: FacadeStyle;
  /** A material's colour on this wall, in this light. */
  paint(color: Rgb): Rgb;
  readonly random: Random;
}

/** @returns a wall with windows, bands, plinth, and a door or shop windows; nothing when it faces away. */
export function facade(stage: Stage, { from, to, height }: Wall, style: FacadeStyle, random: Random): Shape[] {
  const { camera, light } = stage;
  const [runX, runZ] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(runX, runZ);
  const frame = camera.upright(from[0], from[1], { heading: Math.atan2(runZ, runX) });
  const path = frame.rectangle(0, 0, length, height);
  if (path === '' || !camera.facesEye(corners(frame, length, height))) return [];

  const distance = Math.max(2, (from[1] + to[1]) / 2);
  const normal: Point3 = [runZ / length, 0, -runX / length];
  const paint = (color: Rgb) => shade(light, color, normal, distance);
  const face: Face = { frame, length, height, style, paint, random };
  const stops = [
    [0, paint(scale(style.color, 0.84))],
    [0.3, paint(style.color)],
    [1, paint(mix(style.color, [255, 255, 255], 0.06))],
  ] as const;
  const fill = { from: frame.point(length / 2, 0), to: frame.point(length / 2, height), stops };
  const bare: Shape = { label: BUILDING, path, fill };
  if (distance > DETAIL_DISTANCE) return [bare];
  return [
    bare,
    ...windows(face, mix([52, 58, 68], light.skyline, style.reflection)),
    ...bands(face),
    ...(style.groundFloor === 'shop' ? shopFront(face) : door(face)),
  ];
}

/** Clockwise from outside: bottom left, top left, top right, bottom right. */
function corners(frame: Upright, length: number, height: number): Point3[] {
  return [frame.world(0, 0), frame.world(0, height), frame.world(length, height), frame.world(length, 0)];
}

function windows({ frame, length, height, style, paint, random }: Face, glassColor: Rgb): Shape[] {
  const columns = Math.floor((length - 0.8) / style.pitch);
  if (columns < 1) return [];
  const margin = (length - columns * style.pitch) / 2;
  const frames: string[] = [];
  const glass: string[][] = [[], [], []];
  const shutters: string[] = [];
  const railings: string[] = [];
  const sill = (style.storey - style.windowHeight) / 2 + 0.15;
  for (let floor = style.groundFloor === 'shop' ? 1 : 0; floor < Math.floor(height / style.storey); floor++) {
    const bottom = floor * style.storey + sill;
    const top = bottom + style.windowHeight;
    for (let column = 0; column < columns; column++) {
      const tone = random.integer(3);
      const left = margin + (column + 0.5) * style.pitch - style.windowWidth / 2;
      const right = left + style.windowWidth;
      const pane = frame.rectangle(left, bottom, right, top);
      if (pane === '') continue;
      glass[tone].push(pane);
      frames.push(frame.rectangle(left - 0.12, bottom - 0.16, right + 0.12, top + 0.12));
      if (style.shutters) {
        shutters.push(frame.rectangle(left - 0.5, bottom, left - 0.06, top));
        shutters.push(frame.rectangle(right + 0.06, bottom, right + 0.5, top));
      }
      if (style.balconies && floor > 0 && column % 2 === 0) {
        railings.push(frame.rectangle(left - 0.4, bottom - 0.5, right + 0.4, bottom + 0.5));
      }
    }
  }
  const tones = [0.75, 1.05, 1.5].map((brightness, tone) => ({
    label: null,
    path: glass[tone].join(''),
    fill: paint(scale(glassColor, brightness)),
  }));
  return [
    { label: null, path: frames.join(''), fill: paint(style.trim) },
    ...tones,
    { label: null, path: shutters.join(''), fill: paint(style.shutters ?? style.trim) },
    { label: null, path: railings.join(''), fill: paint(scale(style.color, 0.55)), opacity: 0.85 },
  ];
}

/** Cornice, a band above the ground floor, and the plinth. */
function bands({ frame, length, height, style, paint }: Face): Shape[] {
  const cornice = frame.rectangle(0, height - 0.5, length, height - 0.15);
  const string = height > 2 * style.storey ? frame.rectangle(0, style.storey - 0.1, length, style.storey + 0.12) : '';
  return [
    { label: null, path: cornice + string, fill: paint(style.trim) },
    { label: null, path: frame.rectangle(0, 0, length, 0.55), fill: paint(scale(style.color, 0.62)) },
  ];
}

function shopFront({ frame, length, style, paint, random }: Face): Shape[] {
  const shapes: Shape[] = [];
  const top = style.storey - 0.75;
  const width = random.uniform(2.2, 4);
  for (let left = 0.4; left + width * 0.6 < length; left += width + 0.4) {
    const right = Math.min(left + width, length - 0.3);
    const goods = vary([128, 112, 92], random, 26);
    const goodsTop = top - random.uniform(0.4, 1.1);
    shapes.push({ label: null, path: frame.rectangle(left, 0.15, right, top), fill: paint([52, 52, 56]) });
    const shelf = frame.rectangle(left + 0.2, 0.5, right - 0.2, goodsTop);
    shapes.push({ label: null, path: shelf, fill: paint(goods), opacity: 0.5 });
  }
  const signs = palette('962828 284678 d2c8b4 3c5a3c 5a5654 be8c3c');
  const sign = frame.rectangle(0.3, top + 0.05, length - 0.3, style.storey - 0.2);
  return [...shapes, { label: null, path: sign, fill: paint(pickColor(signs, random)) }];
}

function door({ frame, length, paint, random }: Face): Shape[] {
  const left = random.uniform(0.3, Math.max(0.4, length - 1.8));
  const colors = palette('543a2a 3c463e 6e6862 3a3c4a');
  return [
    { label: null, path: frame.rectangle(left - 0.15, 0, left + 1.35, 2.6), fill: paint([196, 190, 180]) },
    { label: null, path: frame.rectangle(left, 0, left + 1.2, 2.4), fill: paint(pickColor(colors, random)) },
  ];
}
