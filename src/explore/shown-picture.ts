import type { RgbPicture } from '../data/picture';
import { DISPLAY, type MimeBundle } from '../display';
import { picturesBundle } from '../report/notebook/show-pictures';

/** A picture that shows itself as the value of a cell. */
export class ShownPicture implements RgbPicture {
  /** @param caption what it shows */
  constructor(
    readonly caption: string,
    readonly width: number,
    readonly height: number,
    /** RGB, 0 to 255, [height, width, 3]. */
    readonly pixels: Uint8Array,
  ) {}

  [DISPLAY](): Promise<MimeBundle> {
    return picturesBundle({
      description: this.caption,
      columns: [{ title: this.caption }],
      rows: [{ title: '', cells: [{ image: this }] }],
      legends: [],
      cellWidth: 384,
    });
  }
}

/** Values as shades of grey, from `low` as black to `high` as white. @param values [height, width] */
export function greyPicture(
  caption: string,
  { width, height }: Pick<RgbPicture, 'width' | 'height'>,
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
): ShownPicture {
  const pixels = new Uint8Array(width * height * 3);
  const scale = 255 / Math.max(high - low, 1e-12);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    pixels.fill(Math.min(255, Math.max(0, Math.round((values[pixel] - low) * scale))), pixel * 3, pixel * 3 + 3);
  return new ShownPicture(caption, width, height, pixels);
}
