import { expect, test } from 'bun:test';
import { studentProbability, studentQuantile } from '../../src/evaluation/student-t';

test.each([
  // From the tables in the back of any textbook.
  [0.975, 1, 12.7062],
  [0.975, 2, 4.3027],
  [0.975, 4, 2.7764],
  [0.95, 4, 2.1318],
  [0.995, 10, 3.1693],
  [0.8, 30, 0.8538],
  [0.975, 1e6, 1.96],
])('%d of t with %d degrees of freedom lies below %d', (probability, degrees, expected) => {
  expect(studentQuantile(probability, degrees)).toBeCloseTo(expected, 3);
  expect(studentQuantile(1 - probability, degrees)).toBeCloseTo(-expected, 3);
});

test('with one degree t is Cauchy, whose probabilities are arc tangents, with two an expression of roots', () => {
  for (const t of [-3, -0.4, 0, 1, 20]) {
    expect(studentProbability(t, 1)).toBeCloseTo(0.5 + Math.atan(t) / Math.PI, 12);
    expect(studentProbability(t, 2)).toBeCloseTo(0.5 + t / (2 * Math.sqrt(2 + t * t)), 12);
  }
});

test('degrees of freedom in between give quantiles in between', () => {
  const between = studentQuantile(0.975, 2.5);
  expect(between).toBeLessThan(studentQuantile(0.975, 2));
  expect(between).toBeGreaterThan(studentQuantile(0.975, 3));
});

test('there is no quantile without degrees of freedom, nor of certainty', () => {
  expect(() => studentQuantile(0.975, 0)).toThrow(RangeError);
  expect(() => studentQuantile(1, 4)).toThrow(RangeError);
});
