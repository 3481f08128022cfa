import { extname } from 'node:path';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { DataError } from '../errors';

/** A picture in memory. */
export interface RgbPicture {
  width: number;
  height: number;
  /** RGB, 0 to 255, [height, width, 3]. */
  pixels: Uint8Array;
}

export interface Square {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** No picture of a street is larger; a file that claims to be is damaged or meant to exhaust memory. */
const MAXIMUM_PIXELS = 64e6;
/** What cameras and data sets write, and how such files end. Others that the library knows (SVG, PDF) may lead to further files. */
const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  png: ['png'],
  jpeg: ['jpg', 'jpeg', 'jpe', 'jfif'],
  webp: ['webp'],
  tiff: ['tif', 'tiff'],
  avif: ['avif'],
  heif: ['heif', 'heic'],
  gif: ['gif'],
};
const FORMATS = Object.keys(ENDINGS);

/** A file that has been opened but not yet decoded. */
export interface OpenPicture {
  file: string;
  picture: Sharp;
  width: number;
  height: number;
  /** What else the file says of itself. */
  metadata: Metadata;
}

/** @returns whether a file is named like a picture that can be read */
export function isPictureName(file: string): boolean {
  return Object.values(ENDINGS).flat().includes(extname(file).slice(1).toLowerCase());
}

/**
 * @param ignoreProfile whether values stay as they are stored, whatever colour profile the file says they are of
 * @throws DataError for a file that cannot be read, or whose picture is too large
 */
export async function openPicture(file: string, { ignoreProfile = false } = {}): Promise<OpenPicture> {
  // Larger ones are refused below, by their size.
  const picture = sharp(file, { limitInputPixels: false, failOn: 'warning', ignoreIcc: ignoreProfile });
  const metadata = await picture.metadata().catch((cause) => {
    throw unreadable(file, cause);
  });
  const { width, height, format } = metadata;
  if (!FORMATS.includes(format))
    throw unreadable(file, new Error(`it is ${format}, expected ${FORMATS.slice(0, 3).join(', ')}`));
  if (width * height > MAXIMUM_PIXELS) throw tooLarge(file, width, height);
  return { file, picture, width, height, metadata };
}

/** @returns a picture's values, 8 bits each, [height, width, channels]. @throws DataError for a file that cannot be read */
export async function rawPixels(
  picture: Sharp,
  file: string,
  depth: 'uchar' | 'ushort' = 'uchar',
): Promise<Uint8Array> {
  try {
    const data = await picture.raw({ depth }).toBuffer();
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** A whole picture in its own size, upright: cameras note how they were held. @throws DataError as {@link rgbPixels} does */
export async function readPicture(file: string): Promise<RgbPicture> {
  const open = await openPicture(file);
  const { width, height } = open.metadata.autoOrient;
  return { width, height, pixels: await rgbPixels({ ...open, picture: open.picture.autoOrient() }) };
}

/**
 * A picture as 8-bit RGB: grey and palettes become their colours, colour profiles are followed to sRGB, what is
 * transparent is laid on black as in the page, and 16 bits are rounded to 8, 65535 to 255.
 *
 * @param part of the picture; all of it when absent
 * @returns RGB, 0 to 255, [height, width, 3]
 * @throws DataError for a file that cannot be read, one with several pictures, and values whose meaning is open
 */
export async function rgbPixels({ file, picture, metadata }: OpenPicture, part?: Square): Promise<Uint8Array> {
  requireOneMeaning(file, metadata);
  const taken = part ? picture.extract(part) : picture;
  const opaque = metadata.hasAlpha ? taken.flatten({ background: '#000' }) : taken;
  if (metadata.depth === 'uchar') return rawPixels(opaque.toColourspace('srgb'), file);
  const bytes = (await rawPixels(opaque.toColourspace('rgb16'), file, 'ushort')).slice();
  return Uint8Array.from(new Uint16Array(bytes.buffer), (value) => Math.round(value / 257));
}

function requireOneMeaning(file: string, { depth, hasProfile, space, pages = 1 }: Metadata): void {
  if (pages > 1) throw new DataError(`${file}: holds ${pages} pictures, expected one`, 'save the one that is meant');
  if (depth !== 'uchar' && depth !== 'ushort')
    throw new DataError(`${file}: its values are ${depth}, expected 8 or 16 bits`, 'save it as 8-bit PNG');
  if (space === 'cmyk') throw new DataError(`${file}: its colours are CMYK, expected RGB or grey`, 'save it in sRGB');
  // The library takes such a profile for another one.
  if (depth === 'ushort' && hasProfile)
    throw new DataError(`${file}: has 16 bits and a colour profile`, 'save it as 8-bit PNG in sRGB');
}

/** The largest square in the middle of a picture. */
export function centerSquare(width: number, height: number): Square {
  const side = Math.min(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), width: side, height: side };
}

function tooLarge(file: string, width: number, height: number): DataError {
  const megapixels = (pixels: number) => Math.ceil(pixels / 1e6);
  return new DataError(
    `${file}: is ${width}x${height} (${megapixels(width * height)} megapixels), and pictures of at most ${megapixels(MAXIMUM_PIXELS)} megapixels are read`,
    'scale it down or cut it into several pictures; if it should not be that large, it is damaged: fetch it again',
  );
}

function unreadable(file: string, cause: unknown): DataError {
  const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
  return new DataError(`${file}: cannot be read as a picture (${reason})`, 'fetch the file again', { cause });
}
