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
