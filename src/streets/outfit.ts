import type { Random } from '../random';
import { type Rgb, vary } from './color';

/** What somebody looks like and wears. */
export interface Outfit {
  readonly skin: Rgb;
  readonly hair: Rgb;
  readonly top: Rgb;
  readonly legs: Rgb;
  readonly shoes: Rgb;
  readonly coat: boolean;
  readonly skirt: boolean;
  readonly bag: Rgb | null;
}

/** Clothes are mostly the muted colours of walls, road and hedges; some are bright. */
export function pickOutfit(random: Random): Outfit {
  const muted: Rgb[] = [
    [52, 54, 62],
    [82, 84, 88],
    [120, 112, 100],
    [168, 152, 126],
    [70, 82, 62],
    [44, 54, 82],
    [96, 70, 58],
    [186, 182, 174],
  ];
  const bright: Rgb[] = [
    [168, 42, 44],
    [44, 96, 158],
    [210, 170, 60],
    [196, 110, 140],
    [70, 140, 110],
    [226, 224, 220],
  ];
  const cloth = (brightness: number) => vary(random.pick(random.chance(brightness) ? bright : muted), random, 12);
  const skins: Rgb[] = [
    [222, 184, 158],
    [206, 162, 132],
    [168, 122, 92],
    [112, 78, 58],
  ];
  const hairs: Rgb[] = [
    [48, 38, 32],
    [92, 66, 44],
    [150, 116, 72],
    [30, 28, 28],
    [150, 148, 144],
  ];
  const skirt = random.chance(0.16);
  return {
    skin: vary(random.pick(skins), random, 6),
    hair: vary(random.pick(hairs), random, 8),
    top: cloth(0.4),
    legs: random.chance(0.5) ? vary([46, 56, 84], random, 10) : cloth(0.12),
    shoes: vary([58, 52, 50], random, 14),
    coat: !skirt && random.chance(0.25),
    skirt,
    bag: random.chance(0.4) ? cloth(0.3) : null,
  };
}
