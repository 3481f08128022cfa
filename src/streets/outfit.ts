import type { Random } from '../random';
import { palette, pickColor, type Rgb, vary } from './color';

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
  const muted = palette('34363e 525458 787064 a8987e 46523e 2c3652 60463a bab6ae');
  const bright = palette('a82a2c 2c609e d2aa3c c46e8c 468c6e e2e0dc');
  const cloth = (brightness: number) => vary(random.pick(random.chance(brightness) ? bright : muted), random, 12);
  const skins = palette('deb89e cea284 a87a5c 704e3a');
  const hairs = palette('302620 5c422c 967448 1e1c1c 969490');
  const skirt = random.chance(0.16);
  return {
    skin: pickColor(skins, random, 6),
    hair: pickColor(hairs, random, 8),
    top: cloth(0.4),
    legs: random.chance(0.5) ? vary([46, 56, 84], random, 10) : cloth(0.12),
    shoes: vary([58, 52, 50], random, 14),
    coat: !skirt && random.chance(0.25),
    skirt,
    bag: random.chance(0.4) ? cloth(0.3) : null,
  };
}
