import { extname } from 'node:path';
import sharp, { type Sharp } from 'sharp';
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
  picture: Sharp;
  width: number;
  height: number;
  channels: number;
}

/** @returns whether a file is named like a picture that can be read */
export function isPictureName(file: string): boolean {
  return Object.values(ENDINGS).flat().includes(extname(file).slice(1).toLowerCase());
}

/** @throws DataError for a file that cannot be read, or whose picture is too large */
export async function openPicture(file: string): Promise<OpenPicture> {
  // Larger ones are refused below, by their size.
  const picture = sharp(file, { limitInputPixels: false, failOn: 'warning' });
  const { width, height, channels, format } = await picture.metadata().catch((cause) => {
    throw unreadable(file, cause);
  });
  if (!FORMATS.includes(format))
    throw unreadable(file, new Error(`it is ${format}, expected ${FORMATS.slice(0, 3).join(', ')}`));
  if (width * height > MAXIMUM_PIXELS) throw tooLarge(file, width, height);
  return { picture, width, height, channels };
}

/** @returns a picture's values, [height, width, channels]. @throws DataError for a file that cannot be read */
export async function rawPixels(picture: Sharp, file: string): Promise<Uint8Array> {
  try {
    const data = await picture.raw().toBuffer();
    return new Uint8Array(data.buffer, data.byteOffset, data.length);
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

/** A whole picture in its own size, upright: cameras note how they were held. @throws DataError for a file that cannot be read */
export async function readPicture(file: string): Promise<RgbPicture> {
  const { picture } = await openPicture(file);
  const { width, height } = (await picture.metadata()).autoOrient;
  return { width, height, pixels: await rawPixels(asRgb(picture.autoOrient()), file) };
}

/** 8-bit RGB, whatever the file holds: grey, palette, 16 bit, transparency. */
export function asRgb(picture: Sharp): Sharp {
  return picture.toColourspace('srgb').removeAlpha();
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
