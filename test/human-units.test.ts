import { expect, test } from 'bun:test';
import { durationText, sizeText } from '../src/human-units';

test('durations are read at a glance', () => {
  const seconds = [4.16, 59.9, 59.97, 60, 185, 7620, 100_000];
  expect(seconds.map((each) => durationText(each))).toEqual([
    '4.2 s',
    '59.9 s',
    '1 min 00 s',
    '1 min 00 s',
    '3 min 05 s',
    '2 h 07 min',
    '1 d 03 h',
  ]);
  expect(durationText(59.4, { tenths: false })).toBe('59 s');
  expect(durationText(59.6, { tenths: false })).toBe('1 min 00 s');
});

test('sizes are in units of a thousand', () => {
  const sizes = [0, 999, 1000, 3_449_000, 999_949_999, 999_950_000, 2e12];
  expect(sizes.map(sizeText)).toEqual(['0 B', '999 B', '1.0 kB', '3.4 MB', '999.9 MB', '1.0 GB', '2.0 TB']);
});
