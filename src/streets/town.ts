import type { Random } from '../random';
import type { SplitName } from '../splits';
import { type Rgb, vary } from './color';

/** Invented towns, so that no town of one split occurs in another, as in Cityscapes. */
export const TOWNS: Readonly<Record<SplitName, readonly string[]>> = {
  train: ['aldenbruck', 'hohenmar', 'nordwick', 'rotenfels'],
  validation: ['lindaval', 'weissenau'],
  test: ['ostermoor', 'talheide'],
};

/** What the buildings and streets of one town have in common. */
export interface Town {
  readonly facades: readonly Rgb[];
  readonly roofs: readonly Rgb[];
  readonly asphalt: Rgb;
  readonly pavement: Rgb;
  readonly foliage: readonly Rgb[];
  /** Metres from floor to floor. */
  readonly storey: number;
  /** Floors of a building in a closed row. */
  readonly storeys: readonly [least: number, most: number];
  readonly shutters: boolean;
  /** Metres between trees along a street that has any. */
  readonly treeSpacing: number;
  /** How much of each kind of roadside there is. */
  readonly roadside: { readonly row: number; readonly house: number; readonly park: number; readonly wall: number };
}

const FACADES: readonly (readonly Rgb[])[] = [
  // plaster: cream, ochre, rose, grey
  [
    [214, 198, 166],
    [198, 168, 122],
    [206, 172, 156],
    [178, 176, 170],
    [224, 216, 198],
  ],
  // brick
  [
    [142, 86, 68],
    [158, 104, 82],
    [122, 84, 74],
    [176, 140, 112],
    [196, 186, 170],
  ],
  // concrete and render
  [
    [166, 166, 162],
    [146, 150, 154],
    [190, 186, 176],
    [128, 130, 134],
    [204, 200, 196],
  ],
  // painted
  [
    [186, 196, 180],
    [176, 190, 204],
    [222, 204, 150],
    [212, 168, 140],
    [196, 198, 202],
  ],
];

const ROOFS: readonly Rgb[] = [
  [134, 74, 58],
  [92, 82, 80],
  [110, 66, 52],
  [78, 82, 90],
];

const FOLIAGE: readonly Rgb[] = [
  [78, 100, 48],
  [62, 86, 44],
  [98, 112, 54],
  [86, 92, 58],
  [122, 112, 56],
];

export function createTown(random: Random): Town {
  return {
    facades: random.pick(FACADES).map((color) => vary(color, random, 8)),
    roofs: random.shuffle(ROOFS).slice(0, 2),
    asphalt: vary(
      random.pick([
        [104, 104, 106],
        [92, 94, 98],
        [118, 114, 110],
      ] as Rgb[]),
      random,
      5,
    ),
    pavement: vary(
      random.pick([
        [146, 142, 138],
        [158, 148, 136],
        [134, 136, 138],
      ] as Rgb[]),
      random,
      6,
    ),
    foliage: random.shuffle(FOLIAGE).slice(0, 3),
    storey: random.uniform(2.9, 3.5),
    storeys: random.pick([
      [2, 4],
      [3, 5],
      [2, 5],
      [4, 6],
    ] as [number, number][]),
    shutters: random.chance(0.3),
    treeSpacing: random.uniform(9, 16),
    roadside: {
      row: random.uniform(2, 5),
      house: random.uniform(0.5, 2.5),
      park: random.uniform(0.8, 1.8),
      wall: random.uniform(0.2, 0.9),
    },
  };
}
