import type { Histogram } from './event-file';

/** Each 1.25 times the one before, on both sides of 0: TensorBoard itself shows thirty buckets. What is nearer to 0 counts as 0. */
const POSITIVE: number[] = [];
for (let limit = 1e-6; limit < 1e20; limit *= 1.25) POSITIVE.push(limit);
const LIMITS = Float64Array.from([...POSITIVE.map((limit) => -limit).reverse(), 0, ...POSITIVE, Number.MAX_VALUE]);

/**
 * By the upper bits of a value (sign, exponent and five of the mantissa) the bucket of the least value that has them; any
 * other with them is in that bucket or the next. A search by halves for each of millions of weights takes four times as long.
 */
const DROPPED_BITS = 18;
const FIRST_BUCKETS = Uint16Array.from({ length: 2 ** (32 - DROPPED_BITS) }, (_, upper) => {
  const isNegative = upper >= 2 ** (31 - DROPPED_BITS);
  const least = upper * 2 ** DROPPED_BITS + (isNegative ? 2 ** DROPPED_BITS - 1 : 0);
  return bucketOf(new Float32Array(Uint32Array.of(least).buffer)[0]);
});

/** How values are spread; runs of empty buckets are one. */
export function histogram(values: Float32Array): Histogram {
  const counts = new Float64Array(LIMITS.length);
  let [min, max, sum, sumSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumSquares += value * value;
    let bucket = FIRST_BUCKETS[bits[index] >>> DROPPED_BITS];
    while (LIMITS[bucket] <= value) bucket += 1;
    counts[bucket] += 1;
  }
  const [bucketLimit, bucket]: [number[], number[]] = [[], []];
  const first = Math.max(0, bucketOf(min) - 1);
  for (let index = first; index <= bucketOf(max); index += 1) {
    const isRun = bucket.length > 1 && counts[index] === 0 && bucket[bucket.length - 1] === 0;
    if (isRun) bucketLimit[bucketLimit.length - 1] = LIMITS[index];
    else {
      bucketLimit.push(LIMITS[index]);
      bucket.push(counts[index]);
    }
  }
  return { min, max, num: values.length, sum, sumSquares, bucketLimit, bucket };
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
