import { readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { DataError } from '../errors';

const SIGNATURE_BYTES = 8;

/**
 * The indices of a PNG with a palette as they are stored. Libraries give their colours, from which they cannot be told where
 * two entries of the palette are alike.
 *
 * @returns [height, width]
 * @throws DataError for a file that is damaged, is interlaced or has no palette
 */
export async function pngIndices(file: string): Promise<Uint8Array> {
  const refuse = (found: string, cause?: unknown) =>
    new DataError(`${file}: ${found}, so its palette's indices cannot be read`, 'write it as 8-bit grey PNG', {
      cause,
    });
  try {
    const { header, data } = chunksOf(await readFile(file));
    const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
    const [bits, colorType, , , interlaced] = header.subarray(8);
    if (colorType !== 3) throw refuse('has no palette');
    if (interlaced !== 0) throw refuse('is interlaced');
    return unpackedBits(unfiltered(inflateSync(data), Math.ceil((width * bits) / 8), height), width, height, bits);
  } catch (cause) {
    throw cause instanceof DataError ? cause : refuse('is damaged', cause);
  }
}

/** @throws RangeError where the file ends too early */
function chunksOf(bytes: Buffer): { header: Buffer; data: Buffer } {
  const chunks: Record<string, Buffer[]> = { IHDR: [], IDAT: [] };
  for (let place = SIGNATURE_BYTES; place < bytes.length; ) {
    const length = bytes.readUInt32BE(place);
    const type = bytes.toString('latin1', place + 4, place + 8);
    chunks[type]?.push(bytes.subarray(place + 8, place + 8 + length));
    place += length + 12;
  }
  return { header: chunks.IHDR[0], data: Buffer.concat(chunks.IDAT) };
}

/** Undoes PNG's five filters; values are of one byte, so that the one to the left is the byte before. */
function unfiltered(data: Buffer, rowBytes: number, height: number): Uint8Array {
  if (data.length !== (rowBytes + 1) * height) throw new RangeError(`${data.length} bytes`);
  const result = new Uint8Array(rowBytes * height);
  for (let row = 0; row < height; row += 1) {
    const filter = data[row * (rowBytes + 1)];
    for (let column = 0; column < rowBytes; column += 1) {
      const place = row * rowBytes + column;
      const left = column > 0 ? result[place - 1] : 0;
      const above = row > 0 ? result[place - rowBytes] : 0;
      const corner = column > 0 && row > 0 ? result[place - rowBytes - 1] : 0;
      const predictions = [0, left, above, (left + above) >> 1, paeth(left, above, corner)];
      if (filter >= predictions.length) throw new RangeError(`filter ${filter}`);
      result[place] = data[row * (rowBytes + 1) + 1 + column] + predictions[filter];
    }
  }
  return result;
}

/** Alan Paeth's: which of the three is nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [a, b, c] = [left, above, corner].map((value) => Math.abs(estimate - value));
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function unpackedBits(bytes: Uint8Array, width: number, height: number, bits: number): Uint8Array {
  if (bits === 8) return bytes;
  const [rowBytes, perByte, mask] = [bytes.length / height, 8 / bits, (1 << bits) - 1];
  return Uint8Array.from({ length: width * height }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    const byte = bytes[row * rowBytes + Math.floor(column / perByte)];
    return (byte >> (8 - bits * ((column % perByte) + 1))) & mask;
  });
}
