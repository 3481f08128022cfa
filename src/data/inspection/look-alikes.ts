import type { Sample } from '../prepare-scene';
import { resizedWindow } from '../resize';

const COLUMNS = 17;
const ROWS = 16;

/** What a picture looks like in 256 bits: which of two neighbours is brighter, of 16 rows of 17 pixels (a difference hash). */
export function differenceHash({ image: pixels, width }: Sample): Uint8Array {
  const height = pixels.length / 3 / width;
  const small = resizedWindow({ width, height, pixels }, { left: 0, top: 0, width, height }, COLUMNS, ROWS);
  const bright = (row: number, column: number) => {
    const place = (row * COLUMNS + column) * 3;
    return 0.299 * small[place] + 0.587 * small[place + 1] + 0.114 * small[place + 2];
  };
  return Uint8Array.from({ length: ROWS * (COLUMNS - 1) }, (_, bit) => {
    const [row, column] = [Math.floor(bit / (COLUMNS - 1)), bit % (COLUMNS - 1)];
    return bright(row, column + 1) > bright(row, column) ? 1 : 0;
  });
}

/** In how many of the 256 bits two pictures differ; half of them where they have nothing in common. */
export function hashDistance(one: Uint8Array, other: Uint8Array): number {
  return one.reduce((sum, bit, index) => sum + (bit === other[index] ? 0 : 1), 0);
}
