import { expect, test } from 'bun:test';
import { integerPower } from '../../src/tensorflow/integer-power';

test('a power is what multiplying gives', () => {
  expect([0, 1, 2, 3, 10].map((exponent) => integerPower(2, exponent))).toEqual([1, 2, 4, 8, 1024]);
  expect(integerPower(0.5, 20)).toBe(2 ** -20);
  expect(integerPower(0.999, 1000)).toBeCloseTo(Math.exp(1000 * Math.log(0.999)), 12);
});
