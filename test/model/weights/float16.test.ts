import { expect, test } from 'bun:test';
import { fromFloat16, toFloat16 } from '../../../src/model/weights/float16';

const through = (...values: number[]) => [...fromFloat16(toFloat16(Float32Array.of(...values)))];

test('bits as IEEE 754 has them', () => {
  // Sign, 5 bits of exponent (15 is 2^0), 10 bits of fraction.
  const bits = toFloat16(Float32Array.of(1, -2, 0.5, 65504, 2 ** -14, 2 ** -24, 0));
  expect([...bits]).toEqual([0x3c00, 0xc000, 0x3800, 0x7bff, 0x0400, 0x0001, 0x0000]);
});

test('every finite float16 comes back as it was', () => {
  const bits = Uint16Array.from({ length: 2 ** 16 }, (_, index) => index).filter((each) => (each & 0x7c00) !== 0x7c00);
  expect(toFloat16(fromFloat16(bits))).toEqual(bits);
});

test('what lies between two is rounded to the nearer, halfway to the even one', () => {
  const step = 2 ** -10;
  expect(through(1 + 0.4 * step, 1 + 0.6 * step, 1 + 0.5 * step, 1 + 1.5 * step)).toEqual([
    1,
    1 + step,
    1,
    1 + 2 * step,
  ]);
  expect(through(1e6, -1e6)).toEqual([65504, -65504]);
});
