import { expect, test } from 'bun:test';
import { createRandom } from '../src/random';

const draw = (seed: number | string, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

test('the same seed gives the same numbers, another seed others', () => {
  expect(draw(7, 5)).toEqual(draw(7, 5));
  expect(draw(7, 5)).not.toEqual(draw(8, 5));
});

test.each([-1, 0.5, 2 ** 32, 2 ** 32 + 1, Number.NaN])(
  'a seed of %p is refused: TensorFlow would take another one for it',
  (seed) => {
    expect(() => createRandom(seed)).toThrow(`${seed} is no seed; expected a whole number from 0 to 4294967295`);
  },
);

test('numbers fill [0, 1) evenly: mean 1/2, variance 1/12', () => {
  const numbers = draw(1, 20000);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...numbers)).toBeLessThan(1);
  expect(mean).toBeCloseTo(1 / 2, 2);
  expect(variance).toBeCloseTo(1 / 12, 2);
});

test('normal numbers have the mean and deviation asked for', () => {
  const random = createRandom(3);
  const numbers = Array.from({ length: 20000 }, () => random.normal(10, 2));
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  expect(mean).toBeCloseTo(10, 1);
  expect(Math.sqrt(variance)).toBeCloseTo(2, 1);
});

test('a fork depends on its name, not on what was drawn before', () => {
  const fresh = createRandom(1);
  const used = createRandom(1);
  used.next();
  expect(used.fork('trees').next()).toBe(fresh.fork('trees').next());
  expect(fresh.fork('trees').next()).not.toBe(fresh.fork('cars').next());
  expect(fresh.fork(1).next()).not.toBe(fresh.fork(2).next());
});

test('a clone goes on with the same numbers, and neither moves the other', () => {
  const random = createRandom(4);
  random.next();
  const [first, second] = [random.clone(), random.clone()];
  const expected = Array.from({ length: 3 }, () => random.next());
  expect(Array.from({ length: 3 }, () => first.next())).toEqual(expected);
  expect(Array.from({ length: 3 }, () => second.next())).toEqual(expected);
  expect(random.clone().fork('trees').next()).toBe(createRandom(4).fork('trees').next());
});

test('shuffle keeps every entry and leaves the array alone', () => {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8];
  const shuffled = createRandom(2).shuffle(numbers);
  expect(numbers).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(shuffled).not.toEqual(numbers);
  expect([...shuffled].sort()).toEqual(numbers);
});

test('weighted picks in proportion: 3 of 4 against 1 of 4, and never what weighs nothing', () => {
  const random = createRandom(5);
  const counts = { often: 0, seldom: 0, never: 0 };
  for (let i = 0; i < 8000; i++) counts[random.weighted({ often: 3, seldom: 1, never: 0 })]++;
  expect(counts.often / 8000).toBeCloseTo(3 / 4, 1);
  expect(counts.never).toBe(0);
});

test('an empty array has nothing to pick', () => {
  expect(() => createRandom(1).pick([])).toThrow(RangeError);
});
