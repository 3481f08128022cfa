/**
 * Seeded random numbers: sfc32 (Chris Doty-Humphrey's Small Fast Counter, from PractRand) whose state is hashed from a
 * key. Streams are named, not numbered by use: `fork` depends on the key alone, never on how many numbers were drawn, so
 * adding a draw in one place changes nothing elsewhere.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private readonly key: string;

  constructor(seed: number | string) {
    this.key = String(seed);
    [this.a, this.b, this.c] = hash(this.key);
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A number in [0, 1). */
  next(): number {
    const sum = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  }

  /** A number in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** A whole number from 0 to count - 1. */
  integer(count: number): number {
    return Math.floor(this.next() * count);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One entry of the array, all equally likely. @throws RangeError for an empty array. */
  pick<T>(array: readonly T[]): T {
    if (array.length === 0) throw new RangeError('cannot pick from an empty array');
    return array[this.integer(array.length)];
  }

  /** One key of the record, each as likely as its weight says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let rest = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      rest -= weight;
      if (rest < 0) return key;
    }
    return entries[entries.length - 1][0];
  }

  /** A normally distributed number (Box and Muller). */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.next());
  }

  /** A shuffled copy (Fisher and Yates); the array itself stays as it is. */
  shuffle<T>(array: readonly T[]): T[] {
    const copy = [...array];
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [copy[last], copy[other]] = [copy[other], copy[last]];
    }
    return copy;
  }

  /** A stream of its own that goes on with the numbers this one would give next. */
  clone(): Random {
    const copy = new Random(this.key);
    [copy.a, copy.b, copy.c, copy.counter] = [this.a, this.b, this.c, this.counter];
    return copy;
  }

  /** An independent stream that depends on this one's seed and the name only. */
  fork(name: string | number): Random {
    return new Random(`${this.key}/${name}`);
  }
}

/** Seeds have 32 bits: TensorFlow, which draws the weights, takes no more, and would take 4294967297 for 1. */
const LARGEST_SEED = 0xffffffff;

/**
 * @returns a generator of seeded random numbers; the same seed gives the same numbers
 * @throws RangeError for a number that is not a whole one from 0 to 4294967295
 */
export function createRandom(seed: number | string): Random {
  if (typeof seed === 'number' && !(Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED))
    throw new RangeError(`${seed} is no seed; expected a whole number from 0 to ${LARGEST_SEED}`);
  return new Random(seed);
}

/** Three 32-bit words from a string: murmur3's mixing over its characters, finished once per word. */
function hash(key: string): [number, number, number] {
  let state = 1779033703 ^ key.length;
  for (let i = 0; i < key.length; i++) {
    state = Math.imul(state ^ key.charCodeAt(i), 3432918353);
    state = (state << 13) | (state >>> 19);
  }
  const word = () => {
    state = Math.imul(state ^ (state >>> 16), 2246822507);
    state = Math.imul(state ^ (state >>> 13), 3266489909);
    state ^= state >>> 16;
    return state | 0;
  };
  return [word(), word(), word()];
}
