import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** A folder of its own for one test file; `remove` it in `afterAll`. */
export function temporaryFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'roadseg-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Writes a picture whose pixels `value(row, column)` gives: one number for a mask, three for an image. */
export async function writePicture(
  file: string,
  width: number,
  height: number,
  value: (row: number, column: number) => number[],
): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const pixels = Array.from({ length: width * height }, (_, index) => value(Math.floor(index / width), index % width));
  const channels = pixels[0].length as 1 | 3;
  const picture = sharp(Uint8Array.from(pixels.flat()), { raw: { width, height, channels } });
  await (channels === 1 ? picture.toColourspace('b-w') : picture).png().toFile(file);
}

/** Does something to a file that afterwards has its old modification time, to the nanosecond. */
export async function keepingTime(file: string, edit: () => Promise<unknown>): Promise<void> {
  const reference = `${file}.time`;
  execFileSync('touch', ['-r', file, reference]);
  await edit();
  execFileSync('touch', ['-r', reference, file]);
  rmSync(reference);
}

/** One scene in Cityscapes' layout: left half road, right half building, 8x4 unless told otherwise. */
export async function writeCityscapesScene(
  root: string,
  split: string,
  name: string,
  { width = 8, height = 4, maskWidth = 8, left = 7 } = {},
): Promise<{ image: string; mask: string }> {
  const city = name.split('_')[0];
  const image = join(root, 'leftImg8bit', split, city, `${name}_leftImg8bit.png`);
  const mask = join(root, 'gtFine', split, city, `${name}_gtFine_labelIds.png`);
  await writePicture(image, width, height, (_, column) => (column < width / 2 ? [90, 90, 90] : [200, 120, 60]));
  await writePicture(mask, maskWidth, height, (_, column) => [column < maskWidth / 2 ? left : 11]);
  return { image, mask };
}

/** PNG's colour types. */
const COLOR_TYPES = { grey: 0, rgb: 2, palette: 3, 'grey+alpha': 4, rgba: 6 } as const;

/**
 * Writes a PNG of one row byte by byte, where a library would convert.
 *
 * @param depth bits a value
 * @param palette colours, three values each
 * @param profile the ICC profile that it says its values are of
 */
export function writePng(
  file: string,
  type: keyof typeof COLOR_TYPES,
  depth: 4 | 8 | 16,
  values: readonly number[],
  palette?: readonly number[],
  profile?: Buffer,
): void {
  const digits = values.map((value) => value.toString(16).padStart(depth / 4, '0')).join('');
  const samples = { grey: 1, rgb: 3, palette: 1, 'grey+alpha': 2, rgba: 4 }[type];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(values.length / samples, 0);
  header.writeUInt32BE(1, 4);
  header.set([depth, COLOR_TYPES[type]], 8);
  const chunk = (name: string, content: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(name), content]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const colorSpace = profile ? [chunk('iCCP', Buffer.concat([Buffer.from('profile\0\0'), deflateSync(profile)]))] : [];
  const colors = palette ? [chunk('PLTE', Uint8Array.from(palette))] : [];
  const row = Buffer.from(`00${digits}`, 'hex');
  const end = chunk('IEND', new Uint8Array());
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    Buffer.concat([signature, chunk('IHDR', header), ...colorSpace, ...colors, chunk('IDAT', deflateSync(row)), end]),
  );
}
