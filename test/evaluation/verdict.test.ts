import { describe, expect, test } from 'bun:test';
import type { Difference } from '../../src/evaluation/difference';
import { halfWidth } from '../../src/evaluation/difference';
import { verdict, verdictText } from '../../src/evaluation/verdict';

/** A difference in IoU; `ofSeeds` is the deviation of one training of either model. */
function found(difference: number, ofSeeds: number, { seeds = 3, ofScenes = 0, scope = 'methods' } = {}): Difference {
  const variance = { seeds: [ofSeeds ** 2, ofSeeds ** 2], scenes: ofScenes ** 2, degreesOfScenes: 100 } as const;
  const counts = [seeds, seeds] as const;
  const half = halfWidth(variance, { seeds: counts, confidence: 0.95 });
  return {
    difference,
    low: difference - half,
    high: difference + half,
    confidence: 0.95,
    scope: scope as Difference['scope'],
    seeds: counts,
    blocks: 101,
    variance,
  };
}

test('an interval that leaves zero out establishes a difference, in either direction', () => {
  // t of 4 degrees is 2.776: 2.776 x 0.01 x √(2/3) = 0.0227.
  expect(verdict(found(0.03, 0.01))).toEqual({ kind: 'established' });
  expect(verdict(found(-0.03, 0.01))).toEqual({ kind: 'established' });
  expect(verdict(found(0.02, 0.01))?.kind).toBe('undecided');
});

test('a narrow interval about zero says how large a difference can be at most', () => {
  // 2.776 x 0.002 x √(2/3) = 0.0045: from -0.0025 to 0.0065.
  const narrow = verdict(found(0.002, 0.002));
  expect(narrow?.kind).toBe('no larger');
  expect(verdictText(narrow)).toBe('no difference larger than 0.7 points');
  expect(verdict(found(0.002, 0.002), { relevant: 0.005 })?.kind).toBe('undecided');
});

describe('how many more seeds would decide', () => {
  test('as many as find the difference, if it is what it seems, four times of five', () => {
    const undecided = found(0.02, 0.01);
    const more = seedsOf(undecided);
    // n of each: 0.02 / (0.01 √(2/n)) is 2.8 (1.96 + 0.84) at n = 4 by the normal distribution, 5 or 6 by t.
    expect(more).toBeGreaterThanOrEqual(2);
    expect(more).toBeLessThanOrEqual(3);
    expect(verdictText(verdict(undecided))).toBe(`undecided: about ${more} more seeds would decide`);
  });

  test('the smaller the difference or the wilder the seeds, the more', () => {
    expect(seedsOf(found(0.015, 0.01))).toBeGreaterThan(seedsOf(found(0.02, 0.01)));
    expect(seedsOf(found(0.02, 0.015))).toBeGreaterThan(seedsOf(found(0.02, 0.01)));
  });

  test('nothing may be there: then as many as show that nothing of interest is left', () => {
    const more = seedsOf(found(0, 0.01));
    // 1.96 x 0.01 x √(2/n) = 0.01 at n = 7.7.
    expect(more).toBeGreaterThanOrEqual(5);
    expect(more).toBeLessThanOrEqual(7);
  });

  test('too many to name, or none: where scenes leave it open, seeds do not help', () => {
    expect(verdictText(verdict(found(0.01, 0.1)))).toBe('undecided: more than 50 more seeds would be needed');
    expect(verdictText(verdict(found(0.02, 0.01, { ofScenes: 0.03 })))).toBe(
      'undecided: only more scenes would decide',
    );
  });

  function seedsOf(difference: Difference): number {
    const is = verdict(difference);
    if (is?.kind !== 'undecided' || typeof is.moreSeeds !== 'number') throw new Error(JSON.stringify(is));
    return is.moreSeeds;
  }
});

test('a single seed establishes nothing of a method, however large the difference', () => {
  const large = verdict(found(0.5, Number.NaN, { seeds: 1, ofScenes: 0.01, scope: 'trained models' }));
  expect(large).toEqual({ kind: 'one seed', differ: true });
  expect(verdictText(large)).toBe('these two trained models differ; of the method one seed says nothing');
  const small = verdict(found(0.01, Number.NaN, { seeds: 1, ofScenes: 0.01, scope: 'trained models' }));
  expect(verdictText(small)).toBe('not even these two trained models can be told apart');
});

test('a score that a model does not have has no verdict', () => {
  expect(verdict(found(Number.NaN, 0.01))).toBeNull();
  expect(verdictText(null)).toBe('not defined for both');
});
