import { DataError } from '../errors';
import { colorValue, hexColor } from '../labels';
import { type OpenPicture, openPicture, rawPixels, type Square } from './picture';
import { pngIndices } from './png-indices';
import { nearest } from './resize';

/** What the masks of a data set hold. */
export interface MaskMeaning {
  /** Label id of each value a mask may hold, of a colour as {@link colorValue}; a value without entry is an error. */
  labelIdOfMaskValue: ReadonlyMap<number, number>;
  /**
   * How the values are stored: in 8-bit grey PNG alone; there or as indices of a palette; or as colours. Grey when absent.
   */
  maskForm?: 'grey' | 'grey or indexed' | 'colors';
}

/**
 * Opens a mask, whose values stand for labels and must come out as they were put in: 8-bit grey PNG alone does that, and
 * where the data set allows it PNG with a palette, or in colours. What the library would convert without a word is refused:
 * 16 bits are cut to 8, fewer are stretched to 255, a palette's indices are lost to its colours, and JPEG keeps no value as
 * it was.
 *
 * @throws DataError for a file that cannot be read, or is of another form
 */
export async function openMask(file: string, form: MaskMeaning['maskForm'] = 'grey'): Promise<OpenPicture> {
  const mask = await openPicture(file, { ignoreProfile: true });
  const { format, isPalette, bitsPerSample, channels } = mask.metadata;
  const refuse = (found: string, remedy: string) => new DataError(`${file}: ${found}`, remedy);
  if (format !== 'png')
    throw refuse(
      `is ${format}, expected PNG`,
      'write the label ids as 8-bit grey PNG; other formats may change values',
    );
  if (form === 'colors') {
    if (bitsPerSample !== undefined && bitsPerSample > 8)
      throw refuse(`holds ${bitsPerSample} bits a value, expected 8`, 'write the colours as 8-bit PNG');
    return mask;
  }
  if (isPalette && form === 'grey or indexed') return mask;
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

/**
 * @returns a mask's values, [height, width], of a part of it if given: grey values, indices of its palette, or colours
 * @throws DataError for a file that cannot be read
 */
export async function maskValues(
  { picture, file, width, metadata }: OpenPicture,
  { part, form = 'grey' }: { part?: Square; form?: MaskMeaning['maskForm'] } = {},
): Promise<Uint8Array | Uint32Array> {
  const taken = part ? picture.extract(part) : picture;
  if (form === 'colors') {
    const pixels = await rawPixels(taken.removeAlpha().toColourspace('srgb'), file);
    return Uint32Array.from({ length: pixels.length / 3 }, (_, pixel) => colorValue(pixels.subarray(pixel * 3)));
  }
  if (metadata.isPalette) {
    const indices = await pngIndices(file);
    return part ? nearest(indices, width, part, new Uint8Array(part.width * part.height), part.width) : indices;
  }
  // Without extractChannel, sharp writes a grey picture's values three times.
  return rawPixels(taken.extractChannel(0), file);
}

/**
 * Every value is looked at, also those that resizing would skip, so that a wrong mask never slips through.
 *
 * @throws DataError that names the values without label, and how many pixels have them
 */
export function toLabelIds(
  values: Uint8Array | Uint32Array,
  { labelIdOfMaskValue, maskForm }: MaskMeaning,
  file: string,
): Uint8Array {
  const labelIds = new Uint8Array(values.length);
  const unknown = new Map<number, number>();
  const table = Array.from({ length: 256 }, (_, value) => labelIdOfMaskValue.get(value));
  for (let pixel = 0; pixel < values.length; pixel += 1) {
    const labelId = values[pixel] < 256 ? table[values[pixel]] : labelIdOfMaskValue.get(values[pixel]);
    if (labelId === undefined) unknown.set(values[pixel], (unknown.get(values[pixel]) ?? 0) + 1);
    else labelIds[pixel] = labelId;
  }
  if (unknown.size > 0)
    throw unknownValues(
      file,
      unknown,
      values.length,
      [...labelIdOfMaskValue.keys()].sort((a, b) => a - b),
      maskForm,
    );
  return labelIds;
}

const SHOWN = 5;

function unknownValues(
  file: string,
  unknown: ReadonlyMap<number, number>,
  pixels: number,
  known: readonly number[],
  form: MaskMeaning['maskForm'],
): DataError {
  const shown = (value: number) => (form === 'colors' ? hexColor(value) : String(value));
  const [first, ...others] = [...unknown].sort(([, a], [, b]) => b - a);
  const found = [first, ...others]
    .slice(0, SHOWN)
    .map(([value, count]) => `${shown(value)} (${count} of ${pixels} pixels)`)
    .join(', ');
  const more = unknown.size > SHOWN ? ` and ${unknown.size - SHOWN} more` : '';
  const gapless = Math.max(...known) - Math.min(...known) + 1 === known.length;
  const expected =
    gapless && form !== 'colors' ? `${Math.min(...known)} to ${Math.max(...known)}` : known.map(shown).join(', ');
  return new DataError(
    `${file}: holds the value${others.length > 0 ? 's' : ''} ${found}${more}, expected ${expected}`,
    form === 'colors'
      ? 'write masks as they were drawn, as PNG (JPEG, smoothing and scaling change colours); or correct the colour of a class (data.classes) or label (data.folder.labels)'
      : 'use the masks of label ids, not those of train ids, colours or instances; or give the values a class (data.classes)',
  );
}
