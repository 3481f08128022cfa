import { DataError } from '../errors';
import { type OpenPicture, openPicture, rawPixels, type Square } from './picture';

/**
 * Opens a mask, whose values stand for labels and must come out as they were put in: 8-bit grey PNG alone does that. What
 * the library would convert without a word is refused: 16 bits are cut to 8, fewer are stretched to 255, a palette's indices
 * are lost to its colours, and JPEG keeps no value as it was.
 *
 * @throws DataError for a file that cannot be read, or is no 8-bit grey PNG
 */
export async function openMask(file: string): Promise<OpenPicture> {
  const mask = await openPicture(file);
  const { format, isPalette, bitsPerSample, channels } = mask.metadata;
  const refuse = (found: string, remedy: string) => new DataError(`${file}: ${found}`, remedy);
  if (format !== 'png')
    throw refuse(
      `is ${format}, expected PNG`,
      'write the label ids as 8-bit grey PNG; other formats may change values',
    );
  if (isPalette)
    throw refuse(
      'has a palette, expected one channel that holds label ids',
      'write the label ids as 8-bit grey PNG: in Python, Image.fromarray(numpy.array(Image.open(file))).save(file) keeps the indices',
    );
  if (channels !== 1)
    throw refuse(
      `has ${channels} channels, expected one that holds label ids`,
      'use the masks of label ids, not those of colours; write them as 8-bit grey PNG without transparency',
    );
  if (bitsPerSample !== 8)
    throw refuse(
      `holds ${bitsPerSample} bits a value, expected 8`,
      'write the label ids as 8-bit grey PNG: in Python, Image.fromarray(ids.astype("uint8")).save(file)',
    );
  return mask;
}

/** @returns a mask's values, [height, width], of a part of it if given. @throws DataError for a file that cannot be read */
export async function maskValues({ picture, file }: OpenPicture, part?: Square): Promise<Uint8Array> {
  // Without extractChannel, sharp writes a grey picture's values three times.
  return rawPixels((part ? picture.extract(part) : picture).extractChannel(0), file);
}

/**
 * Every value is looked at, also those that resizing would skip, so that a wrong mask never slips through.
 *
 * @throws DataError that names a value without label
 */
export function toLabelIds(
  values: Uint8Array,
  labelIdOfMaskValue: ReadonlyMap<number, number>,
  file: string,
): Uint8Array {
  const labelIds = new Int16Array(256).fill(-1);
  for (const [value, labelId] of labelIdOfMaskValue) labelIds[value] = labelId;
  const unknown = values.find((value) => labelIds[value] < 0);
  if (unknown !== undefined) {
    const known = [...labelIdOfMaskValue.keys()];
    throw new DataError(
      `${file}: holds the value ${unknown}, expected ${Math.min(...known)} to ${Math.max(...known)}`,
      'use the masks of label ids, not those of train ids, colours or instances',
    );
  }
  return values.map((value) => labelIds[value]);
}
