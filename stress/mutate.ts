/** Seeded damage to files, the kinds that disks, downloads and hands do. */
import { crc32 } from 'node:zlib';
import type { Random } from '../src/random';

/** Values that lie at the edges of what programs expect of a number. */
const NUMBERS = [
  '0',
  '-1',
  '1e999',
  'NaN',
  'null',
  '1e-320',
  '4294967296',
  '9007199254740993',
  '-0',
  '"1"',
  '[]',
  'true',
];
const TEXTS = ['__proto__', '../../x', '/etc/passwd', '\u0000', '\ud800', '{}', '*a', '!!x', '<<', '%', '"'];

/** @returns a damaged copy; one to four damages */
export function mutated(bytes: Buffer, kind: 'binary' | 'text' | 'png', random: Random): Buffer {
  let result: Buffer = Buffer.from(bytes);
  const times = 1 + random.integer(4);
  for (let time = 0; time < times && result.length > 0; time += 1)
    result = kind === 'text' && random.chance(0.7) ? mutatedText(result, random) : mutatedBytes(result, random);
  // Half of the time the checksums are mended, so that what lies behind them is reached too.
  return kind === 'png' && random.chance(0.5) ? withChecksums(result) : result;
}

function mutatedBytes(bytes: Buffer, random: Random): Buffer {
  // The beginning, where headers are, as often as all the rest.
  const reach = random.chance(0.5) ? Math.min(bytes.length, 256) : bytes.length;
  const place = random.integer(reach);
  const length = 1 + random.integer(Math.min(64, bytes.length));
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)];
  const copy = Buffer.from(bytes);
  switch (random.integer(7)) {
    case 0:
      copy[place] ^= 1 << random.integer(8);
      return copy;
    case 1:
      copy[place] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.integer(256)]);
      return copy;
    case 2:
      return copy.fill(random.pick([0, 0xff, random.integer(256)]), place, Math.min(place + length, copy.length));
    case 3:
      return before; // cut short
    case 4:
      return Buffer.concat([before, after.subarray(length)]);
    case 5:
      return Buffer.concat([before, bytes.subarray(place, place + length), after]);
    default: {
      // A count that is far too large, in either order of bytes.
      const count = Buffer.alloc(4);
      const value = random.pick([0xffffffff, 0x7fffffff, 0x80000000, 0x10000, 0]);
      if (random.chance(0.5)) count.writeUInt32BE(value);
      else count.writeUInt32LE(value);
      count.copy(copy, Math.min(place, Math.max(0, copy.length - 4)));
      return copy;
    }
  }
}

function mutatedText(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString('utf8');
  const lines = text.split('\n');
  const line = random.integer(lines.length);
  switch (random.integer(6)) {
    case 0:
      return Buffer.from(replacedOne(text, /-?\d+(\.\d+)?(e-?\d+)?/g, random.pick(NUMBERS), random));
    case 1:
      return Buffer.from(replacedOne(text, /[A-Za-z_]\w*/g, random.pick(TEXTS), random));
    case 2:
      return Buffer.from(replacedOne(text, /[{}[\]:,"]/g, random.pick(['', '{', ']', ':', ',', '"', '\n']), random));
    case 3:
      return Buffer.from([...lines.slice(0, line), lines[line], ...lines.slice(line)].join('\n'));
    case 4:
      return Buffer.from([...lines.slice(0, line), ...lines.slice(line + 1)].join('\n'));
    default:
      return Buffer.from(
        lines.map((each, index) => (index === line ? `${each.slice(0, 1000).repeat(50)}` : each)).join('\n'),
      );
  }
}

function replacedOne(text: string, pattern: RegExp, replacement: string, random: Random): string {
  const places = [...text.matchAll(pattern)];
  if (places.length === 0) return text;
  const { index, 0: found } = random.pick(places);
  return text.slice(0, index) + replacement + text.slice(index + found.length);
}

/** Walks the chunks of a PNG as far as they go and gives each the checksum of what it holds. */
function withChecksums(bytes: Buffer): Buffer {
  for (let place = 8; place + 12 <= bytes.length; ) {
    const end = place + 8 + bytes.readUInt32BE(place);
    if (end + 4 > bytes.length) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(place + 4, end)), end);
    place = end + 4;
  }
  return bytes;
}
