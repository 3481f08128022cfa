import type { Random } from '../random';

/** Red, green and blue from 0 to 255; fractions are kept until the colour is written. */
export type Rgb = readonly [red: number, green: number, blue: number];

export function css([red, green, blue]: Rgb): string {
  return `rgb(${channel(red)},${channel(green)},${channel(blue)})`;
}

/** @returns colours as designers list them, in hexadecimal: `palette('26282c 96989c')`. */
export function palette(hex: string): Rgb[] {
  return hex.split(' ').map((color) => {
    const value = Number.parseInt(color, 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  });
}

/** @returns the colour at `amount` (0 to 1) of the way from one to the other. */
export function mix(from: Rgb, to: Rgb, amount: number): Rgb {
  return [
    from[0] + (to[0] - from[0]) * amount,
    from[1] + (to[1] - from[1]) * amount,
    from[2] + (to[2] - from[2]) * amount,
  ];
}

export function scale([red, green, blue]: Rgb, factor: number): Rgb {
  return [red * factor, green * factor, blue * factor];
}

/** @returns a colour near the given one: lighter or darker together, and a little off in each channel. */
export function vary([red, green, blue]: Rgb, random: Random, amount = 12): Rgb {
  const all = random.normal(0, amount);
  const each = () => random.normal(0, amount / 3);
  return [red + all + each(), green + all + each(), blue + all + each()];
}

/** @returns a colour near one of those given, all equally likely. */
export function pickColor(colors: readonly Rgb[], random: Random, amount = 12): Rgb {
  return vary(random.pick(colors), random, amount);
}

function channel(value: number): number {
  return Math.max(0, Math.min(255, Math.round(value)));
}
