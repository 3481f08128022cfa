import { labelNamed } from '../labels';
import type { Random } from '../random';
import { palette, pickColor, type Rgb, vary } from './color';

/** Corner of a side view: metres from the rear, metres up, metres the flank leans in there; then what the next strip is. */
export type Corner = readonly [along: number, up: number, inset: number, surface: 'body' | 'glass' | 'trim'];

/** The corners of a window in (along, up), from the lower rear one over the upper ones. */
type Pane = readonly (readonly [along: number, up: number])[];

/** A vehicle's side view, from the lower rear corner over the roof to the lower front corner. */
export interface Profile {
  readonly label: number;
  readonly length: number;
  readonly width: number;
  readonly height: number;
  readonly outline: readonly Corner[];
  /** Side windows. */
  readonly windows: readonly Pane[];
  /** Gaps of doors: along, from bottom to top. */
  readonly doors: readonly (readonly [along: number, bottom: number, top: number])[];
  readonly wheels: readonly number[];
  readonly wheelRadius: number;
  readonly lamps: {
    readonly rear: readonly [bottom: number, top: number];
    readonly front: readonly [bottom: number, top: number];
    readonly width: number;
    readonly plate: number;
  };
  /** Metres the flank leans in at that height. */
  insetAt(up: number): number;
}

interface CarForm {
  readonly length: number;
  readonly width: number;
  readonly height: number;
  /** Heights of the window line at rear and front, and of the bonnet. */
  readonly belt: number;
  /** Rear window: where it starts and ends along; equal to the boot's end for a saloon. */
  readonly rearWindow: readonly [bottom: number, top: number];
  /** Windscreen: where it ends at the roof and at the bonnet. */
  readonly windscreen: readonly [top: number, bottom: number];
}

const CAR_FORMS: readonly CarForm[] = [
  { length: 4.2, width: 1.78, height: 1.48, belt: 0.94, rearWindow: [0.08, 0.5], windscreen: [2.2, 3.05] },
  { length: 4.65, width: 1.82, height: 1.44, belt: 0.92, rearWindow: [0.75, 1.45], windscreen: [2.55, 3.35] },
  { length: 4.7, width: 1.82, height: 1.5, belt: 0.94, rearWindow: [0.1, 0.45], windscreen: [2.6, 3.4] },
  { length: 4.5, width: 1.88, height: 1.68, belt: 1.08, rearWindow: [0.06, 0.4], windscreen: [2.4, 3.15] },
  { length: 3.65, width: 1.66, height: 1.5, belt: 0.95, rearWindow: [0.05, 0.32], windscreen: [1.9, 2.7] },
  { length: 4.8, width: 1.92, height: 1.94, belt: 1.14, rearWindow: [0.03, 0.2], windscreen: [3.2, 3.95] },
];

const CAR = labelNamed('car').id;
const CARS = CAR_FORMS.map(car);
const TRUCK = box(labelNamed('truck').id, { length: 8.2, width: 2.45, height: 3.4, cab: 2.1, windows: false });
const VAN = box(labelNamed('truck').id, { length: 6, width: 2.05, height: 2.7, cab: 1.9, windows: false });
const BUS = box(labelNamed('bus').id, { length: 11.8, width: 2.5, height: 3.05, cab: 0, windows: true });
const TRAM = box(labelNamed('train').id, { length: 26, width: 2.4, height: 3.5, cab: 0, windows: true });

export const LARGE = { truck: TRUCK, van: VAN, bus: BUS, tram: TRAM };

export function pickCar(random: Random): Profile {
  return random.pick(CARS);
}

/** Greys first: as on the street, and because they are the road's own colours. */
export function carPaint(random: Random): Rgb {
  const kind = random.weighted({ grey: 3.4, dark: 2.6, white: 2, blue: 1.4, red: 1, green: 0.5, beige: 0.7 });
  const colors: Record<typeof kind, Rgb> = {
    grey: [126, 128, 132],
    dark: [42, 44, 50],
    white: [214, 214, 212],
    blue: [52, 78, 124],
    red: [142, 36, 36],
    green: [62, 84, 64],
    beige: [172, 158, 132],
  };
  return vary(colors[kind], random, 14);
}

export function largePaint(random: Random): Rgb {
  const colors = palette('cececa c4a03e 9a342e 466086 5e7c5a 969698');
  return pickColor(colors, random, 10);
}

function car({ length, width, height, belt, rearWindow, windscreen }: CarForm): Profile {
  const lean = 0.2;
  const [rearBottom, rearTop] = rearWindow;
  const [frontTop, frontBottom] = windscreen;
  const boot: Corner[] = rearBottom > 0.4 ? [[0.04, belt + 0.04, 0.06, 'body']] : [];
  const outline: Corner[] = [
    [0.1, 0.24, 0.06, 'trim'],
    [0, 0.42, 0.02, 'body'],
    [0, 0.66, 0, 'body'],
    ...boot,
    [rearBottom, belt + (boot.length ? 0.08 : 0), 0.05, 'glass'],
    [rearTop, height - 0.05, lean + 0.02, 'body'],
    [rearTop + 0.5, height, lean, 'body'],
    [frontTop, height - 0.04, lean, 'glass'],
    [frontBottom, belt + 0.03, 0.06, 'body'],
    [length - 0.25, belt - 0.16, 0.1, 'body'],
    [length - 0.03, belt - 0.3, 0.08, 'body'],
    [length, 0.44, 0.04, 'trim'],
    [length - 0.08, 0.24, 0.08, 'trim'],
  ];
  const top = height - 0.13;
  const bottom = belt + 0.05;
  const middle = (rearTop + frontTop) / 2 + 0.15;
  const insetAt = (up: number) =>
    up <= belt ? 0.03 : 0.04 + (lean - 0.04) * Math.min(1, (up - belt) / (height - belt));
  return {
    label: CAR,
    length,
    width,
    height,
    outline,
    windows: [
      pane(bottom, top, [rearBottom + 0.45, rearTop + 0.3], [middle - 0.05, middle - 0.05]),
      pane(bottom, top, [middle + 0.05, middle + 0.05], [frontBottom - 0.15, frontTop - 0.05]),
    ],
    doors: [
      [middle, 0.36, belt],
      [frontBottom - 0.15, 0.36, belt],
      [rearBottom + 0.75, 0.55, belt],
    ],
    wheels: [0.78, length - 0.82],
    wheelRadius: height > 1.6 ? 0.35 : 0.31,
    lamps: {
      rear: [belt - 0.24, belt - 0.03],
      front: [belt - 0.36, belt - 0.22],
      width: 0.36,
      plate: belt > 1 ? 0.72 : 0.52,
    },
    insetAt,
  };
}

interface BoxForm {
  readonly length: number;
  readonly width: number;
  readonly height: number;
  /** Length of a lower cab in front of the box; 0 for a bus. */
  readonly cab: number;
  readonly windows: boolean;
}

function box(label: number, { length, width, height, cab, windows }: BoxForm): Profile {
  const cabHeight = cab > 0 ? height * 0.82 : height;
  const start = length - cab;
  const beltFront = cabHeight * 0.5;
  const outline: Corner[] = [
    [0.06, 0.34, 0.02, 'trim'],
    [0, 0.7, 0, 'body'],
    [0, height * 0.55, 0, windows ? 'glass' : 'body'],
    [0.08, height - 0.2, 0.04, 'body'],
    [0.3, height, 0.06, 'body'],
    ...(cab > 0
      ? ([
          [start, height, 0.06, 'body'],
          [start + 0.3, cabHeight, 0.1, 'body'],
        ] as Corner[])
      : []),
    [length - 0.55, cabHeight, 0.1, 'glass'],
    [length - 0.06, beltFront, 0.02, 'body'],
    [length, 0.75, 0, 'trim'],
    [length - 0.04, 0.34, 0.04, 'trim'],
  ];
  const panes: Pane[] = [];
  if (windows)
    for (let along = 0.5; along + 1.5 < length; along += 1.62)
      panes.push(pane(1.45, height - 0.5, [along, along], [along + 1.5, along + 1.5]));
  else panes.push(pane(beltFront, cabHeight - 0.25, [start + 0.5, start + 0.5], [length - 0.35, length - 0.7]));
  const doors: [number, number, number][] =
    cab > 0
      ? [[start, 0.4, height - 0.1]]
      : [
          [length * 0.3, 0.4, height - 0.3],
          [length * 0.66, 0.4, height - 0.3],
        ];
  return {
    label,
    length,
    width,
    height,
    outline,
    windows: panes,
    doors,
    wheels: length > 20 ? [3, length - 3] : [length * 0.22, length - (cab > 0 ? 1.15 : 2.6)],
    wheelRadius: height > 2.9 ? 0.48 : 0.36,
    lamps: { rear: [0.8, 1.15], front: [0.72, 0.95], width: 0.3, plate: 0.55 },
    insetAt: (up) => (up > height * 0.5 ? 0.03 : 0),
  };
}

/** @param rear along at its lower and at its upper corner, as `front` */
function pane(bottom: number, top: number, rear: [number, number], front: [number, number]): Pane {
  return [
    [rear[0], bottom],
    [rear[1], top],
    [front[1], top],
    [front[0], bottom],
  ];
}
