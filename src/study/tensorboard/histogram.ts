import type { Histogram } from './event-file';

/** TensorFlow's own limits: each 1.1 times the one before, on both sides of 0. */
const POSITIVE: number[] = [];
for (let limit = 1e-12; limit < 1e20; limit *= 1.1) POSITIVE.push(limit);
const LIMITS = Float64Array.from([...POSITIVE.map((limit) => -limit).reverse(), 0, ...POSITIVE, Number.MAX_VALUE]);

/** How values are spread; empty buckets outside their range are left out. */
export function histogram(values: Float32Array): Histogram {
  const counts = new Float64Array(LIMITS.length);
  let [min, max, sum, sumSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumSquares += value * value;
    counts[bucketOf(value)] += 1;
  }
  const first = Math.max(0, bucketOf(min) - 1);
  const last = bucketOf(max);
  return {
    ...{ min, max, num: values.length, sum, sumSquares },
    bucketLimit: [...LIMITS.subarray(first, last + 1)],
    bucket: [...counts.subarray(first, last + 1)],
  };
}

/** The first bucket whose limit is above a value. */
function bucketOf(value: number): number {
  let [low, high] = [0, LIMITS.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (LIMITS[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
