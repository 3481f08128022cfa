import sharp from 'sharp';
import { DataError } from '../errors';
import { centerSquare, openPicture } from './picture';
import { nearest } from './resize';

/**
 * Reads Cityscapes' `*_instanceIds.png`: a label's id, or, where things of that label are counted, a thousand times it plus
 * the number of the thing.
 *
 * @returns [height, width]
 * @throws DataError for a file that cannot be read, or is of another size than its picture
 */
export async function readInstanceIds(
  file: string,
  { width, height }: { width: number; height: number },
): Promise<Uint16Array> {
  const { data, info } = await readGrey16(file);
  if (info.width !== width || info.height !== height || info.channels !== 1)
    throw new DataError(
      `${file}: is ${info.width}x${info.height} with ${info.channels} channels, expected ${width}x${height} with one`,
      'fetch the file again',
    );
  return new Uint16Array(data.buffer, data.byteOffset, data.length / Uint16Array.BYTES_PER_ELEMENT);
}

/**
 * As {@link readInstanceIds}, cut and resized as `prepareScene` does with the mask, on which they then lie.
 *
 * @returns [size, size]
 */
export async function preparedInstanceIds(file: string, size: number): Promise<Uint16Array> {
  const { width, height } = await openPicture(file);
  const ids = await readInstanceIds(file, { width, height });
  return nearest(ids, width, centerSquare(width, height), new Uint16Array(size * size));
}

async function readGrey16(file: string) {
  try {
    const picture = sharp(file, { failOn: 'warning' });
    const { depth } = await picture.metadata();
    // A picture without things may be stored in 8 bits, whose values must not be stretched to 16.
    const values = depth === 'uchar' ? picture.extractChannel(0) : picture.toColourspace('grey16');
    return await values.raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new DataError(`${file}: cannot be read as instance ids (${reason})`, 'fetch the file again', { cause });
  }
}
