import { DataError } from '../errors';
import { centerSquare, openPicture, rawPixels } from './picture';
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
  const { picture, metadata, ...found } = await openPicture(file);
  const { depth, channels } = metadata;
  if (found.width !== width || found.height !== height || channels !== 1)
    throw new DataError(
      `${file}: is ${found.width}x${found.height} with ${channels} channels, expected ${width}x${height} with one`,
      'fetch the file again',
    );
  // A picture without things may be stored in 8 bits, whose values must not be stretched to 16.
  const values = depth === 'uchar' ? picture.extractChannel(0) : picture.toColourspace('grey16');
  const bytes = await rawPixels(values, file, 'ushort');
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / Uint16Array.BYTES_PER_ELEMENT);
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
