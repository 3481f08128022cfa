import type { Random } from '../random';
import type { SplitName } from '../splits';
import { palette, pickColor, type Rgb, vary } from './color';

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
  palette('d6c6a6 c6a87a ceac9c b2b0aa e0d8c6'),
  // brick
  palette('8e5644 9e6852 7a544a b08c70 c4baaa'),
  // concrete and render
  palette('a6a6a2 92969a bebab0 808286 ccc8c4'),
  // painted
  palette('bac4b4 b0becc decc96 d4a88c c4c6ca'),
];

const ROOFS = palette('864a3a 5c5250 6e4234 4e525a');

const FOLIAGE = palette('4e6430 3e562c 627036 565c3a 7a7038');

export function createTown(random: Random): Town {
  return {
    facades: random.pick(FACADES).map((color) => vary(color, random, 8)),
    roofs: random.shuffle(ROOFS).slice(0, 2),
    asphalt: pickColor(palette('68686a 5c5e62 76726e'), random, 5),
    pavement: pickColor(palette('928e8a 9e9488 86888a'), random, 6),
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
