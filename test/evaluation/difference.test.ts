/**
 * Whether intervals keep what they promise, by simulation: models whose true difference is known, trained with few seeds and
 * evaluated on few scenes.
 */
import { describe, expect, test } from 'bun:test';
import { resampledScores, summed } from '../../src/evaluation/bootstrap';
import { type Difference, differences, halfWidth } from '../../src/evaluation/difference';
import { sceneBlocks } from '../../src/evaluation/scene-blocks';
import { studentProbability, studentQuantile } from '../../src/evaluation/student-t';
import { createRandom, type Random } from '../../src/random';

/** How large chance is on each level, in units of the logit of a pixel's probability to be found. */
interface World {
  scenes: number;
  seeds: number;
  /** How hard a scene is for any model, and for one of the two methods more than for the other. */
  ofScene: number;
  ofMethod: number;
  /** How well a training went, as a whole and on a scene. */
  ofSeed: number;
  ofBoth: number;
  /** By how much the second method is better. */
  planted?: number;
  /** Correlation of neighbouring scenes, as of the frames of a film. */
  film?: number;
}

/** IoU of one class of two, whose counts are [true negatives, false positives, false negatives, true positives]. */
const iou = ([, falsePositives, falseNegatives, truePositives]: Float64Array) => [
  truePositives / (truePositives + falsePositives + falseNegatives),
];

const logistic = (x: number) => 1 / (1 + Math.exp(-x));

/** @returns `[method][seed][scene]`: counts of pixels; scenes hold the class in very different amounts */
function twoMethods(
  { scenes, seeds, ofScene, ofMethod, ofSeed, ofBoth, planted = 0, film = 0 }: World,
  random: Random,
): Float64Array[][][] {
  const series = () => {
    let value = random.normal();
    return Array.from({ length: scenes }, () => {
      value = film * value + Math.sqrt(1 - film * film) * random.normal();
      return value;
    });
  };
  const pixels = series().map((value) => 400 * Math.exp(0.7 * value));
  const ease = series();
  return [0, planted].map((better) => {
    const liking = series();
    return Array.from({ length: seeds }, () => {
      const training = 0.5 + better + ofSeed * random.normal();
      return pixels.map((positives, scene) => {
        const skill = training + ofScene * ease[scene] + ofMethod * liking[scene] + ofBoth * random.normal();
        const found = positives * logistic(skill);
        const imagined = 0.4 * positives * logistic(-skill);
        return Float64Array.of(10_000 - positives - imagined, imagined, positives - found, found);
      });
    });
  });
}

const SIMULATIONS = 2000;
/** Three standard deviations of a share of 5 % among so many: 5 % ± 1.5 %. */
const NOMINAL = 0.05;
const CHANCE = 3 * Math.sqrt((NOMINAL * (1 - NOMINAL)) / SIMULATIONS);

/** Share of simulations whose interval leaves zero out. */
function alarms(world: World, simulations = SIMULATIONS): number {
  const random = createRandom('simulation');
  let count = 0;
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    const [first, second] = twoMethods(world, random);
    const [{ low, high }] = differences(first, second, iou, { replicates: 100, seed: simulation });
    if (low > 0 || high < 0) count += 1;
  }
  return count / simulations;
}

/** Chance of seeds and of scenes, both, as between trainings of one method on a small test set. */
const SAME: Omit<World, 'seeds'> = { scenes: 40, ofScene: 0.8, ofMethod: 0, ofSeed: 0.15, ofBoth: 0.3 };
/** Methods that are equally good and find other scenes hard. */
const EQUAL: Omit<World, 'seeds'> = { ...SAME, ofMethod: 0.4 };

describe('A/A: nothing but chance is called established as often as promised', () => {
  test.each([
    ['one method against itself', 3, SAME],
    ['one method against itself', 5, SAME],
    ['equal methods that find other scenes hard', 3, EQUAL],
    ['equal methods that find other scenes hard', 5, EQUAL],
  ])(
    '%s, %d seeds',
    (_, seeds, world) => {
      const share = alarms({ ...world, seeds });
      expect(share).toBeLessThan(NOMINAL + CHANCE);
      // Welch's test is known to be on the safe side with three against three (about 3.5 %), not further off.
      expect(share).toBeGreaterThan(seeds === 3 ? 0.035 - CHANCE : NOMINAL - CHANCE);
    },
    60_000,
  );

  test('where to draw seeds again, three of three, would raise twice as many alarms', () => {
    const random = createRandom('simulation');
    const simulations = 800;
    let count = 0;
    for (let simulation = 0; simulation < simulations; simulation += 1) {
      const [first, second] = twoMethods({ ...SAME, seeds: 3 }, random);
      const draws = createRandom(simulation);
      const replicates = resampledScores([...first, ...second], iou, { replicates: 200, random: draws }).map((runs) => {
        const drawn = (from: number) => {
          const scores = Array.from({ length: 3 }, () => runs[from + draws.integer(3)][0]);
          return scores.reduce((sum, score) => sum + score, 0) / 3;
        };
        return drawn(3) - drawn(0);
      });
      const sorted = replicates.sort((a, b) => a - b);
      if (sorted[5] > 0 || sorted[194] < 0) count += 1;
    }
    expect(count / simulations).toBeGreaterThan(2 * NOMINAL);
  }, 60_000);
});

describe('planted differences are found as often as can be', () => {
  test.each([3, 5])(
    "%d seeds: as often as by Welch's test on the seeds, where scenes do not matter",
    (seeds) => {
      const world = { ...SAME, scenes: 150, seeds, planted: 0.4 };
      // The mean and deviation of one training's IoU, from many trainings.
      const random = createRandom('many trainings');
      const many = twoMethods({ ...world, seeds: 400 }, random).map((runs) => runs.map((run) => iou(summed(run))[0]));
      const [worse, better] = many.map(meanAndDeviation);
      let found = 0;
      for (let experiment = 0; experiment < 20_000; experiment += 1) {
        const [a, b] = [worse, better].map(({ mean, deviation }) =>
          meanAndDeviation(Array.from({ length: seeds }, () => random.normal(mean, deviation))),
        );
        const parts = [a, b].map(({ deviation }) => deviation ** 2 / seeds);
        const total = parts[0] + parts[1];
        const degrees = (total ** 2 * (seeds - 1)) / (parts[0] ** 2 + parts[1] ** 2);
        // The quantile takes a hundred probabilities to find.
        if (studentProbability(Math.abs(b.mean - a.mean) / Math.sqrt(total), degrees) > 0.975) found += 1;
      }
      const expected = found / 20_000;
      expect(expected).toBeGreaterThan(0.5);
      expect(Math.abs(alarms(world, 1000) - expected)).toBeLessThan(0.06);
    },
    60_000,
  );

  test('more seeds find more', () => {
    const world = { ...EQUAL, planted: 0.4 };
    expect(alarms({ ...world, seeds: 5 }, 400)).toBeGreaterThan(alarms({ ...world, seeds: 3 }, 400) + 0.1);
  }, 60_000);
});

test('frames of a film are less evidence than their number: drawn in blocks they keep the level, one by one not', () => {
  // Shares of classes in CamVid's test frames correlate 0.5 to 0.8 with the next frame's, and hardly with the tenth's.
  const world: World = { ...EQUAL, scenes: 170, seeds: 3, ofMethod: 0.6, ofSeed: 0.05, film: 0.75 };
  const names = Array.from({ length: world.scenes }, (_, frame) => `Seq05VD_f${String(frame * 30).padStart(5, '0')}`);
  const blocks = sceneBlocks(names);
  const random = createRandom('film');
  const simulations = 500;
  let [ofBlocks, ofFrames] = [0, 0];
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    const methods = twoMethods(world, random);
    const inBlocks = methods.map((runs) =>
      runs.map((run) => blocks.map((block) => summed(block.map((scene) => run[scene])))),
    );
    const alarm = ([first, second]: Float64Array[][][]) => {
      const [{ low, high }] = differences(first, second, iou, { replicates: 100, seed: simulation });
      return low > 0 || high < 0 ? 1 : 0;
    };
    ofBlocks += alarm(inBlocks);
    ofFrames += alarm(methods);
  }
  // 5 % and three standard deviations among 500, and two points more, for blocks that end somewhere are not quite independent.
  expect(ofBlocks / simulations).toBeLessThan(0.1);
  expect(ofFrames / simulations).toBeGreaterThan(0.2);
}, 60_000);

describe('the parts of a variance', () => {
  const score = ([value]: Float64Array) => [value];
  const run = (...values: number[]) => values.map((value) => Float64Array.of(value));

  test('where all scenes are alike, it is the seeds alone: t of Welch', () => {
    // Sums over two scenes: 2, 4, 6 against 10, 14. Means 4 and 12, variances 4 and 8.
    const [found] = differences([run(1, 1), run(2, 2), run(3, 3)], [run(5, 5), run(7, 7)], score);
    expect(found.difference).toBe(8);
    expect(found.variance.seeds).toEqual([4, 8]);
    expect(found.variance.scenes).toBe(0);
    expect(found.scope).toBe('methods');
    // 4/3 + 8/2 = 5.33; degrees 5.33² / ((4/3)²/2 + 4²/1) = 1.684; half the width is t times 2.309.
    const half = studentQuantile(0.975, 28.444 / 16.889) * Math.sqrt(16 / 3);
    expect(found.high - found.difference).toBeCloseTo(half, 2);
  });

  test('where all seeds are alike, it is the scenes alone', () => {
    // The second is better by 0, 2, 4, 6, 8 on five scenes: the variance of the sum is 5 x 10.
    const first = run(1, 1, 1, 1, 1);
    const second = run(1, 3, 5, 7, 9);
    const [found] = differences([first, first], [second, second], score, { replicates: 4000 });
    expect(found.difference).toBe(20);
    expect(found.variance.seeds).toEqual([0, 0]);
    expect(found.variance.scenes).toBeGreaterThan(45);
    expect(found.variance.scenes).toBeLessThan(55);
    expect(found.variance.degreesOfScenes).toBe(4);
  });

  test('a scene that is hard for both models alike is no chance of their difference', () => {
    const [found] = differences([run(0, 50, 900), run(0, 50, 900)], [run(1, 51, 901), run(1, 51, 901)], score);
    expect(found.difference).toBe(3);
    expect(found.high - found.low).toBeCloseTo(0, 6);
  });

  test('a variance that hangs on one scene is known badly', () => {
    const first = run(...new Array(20).fill(0));
    const even = run(...Array.from({ length: 20 }, (_, scene) => scene));
    const uneven = run(...new Array(19).fill(1), 100);
    const degrees = (second: Float64Array[]) =>
      differences([first, first], [second, second], score)[0].variance.degreesOfScenes;
    expect(degrees(even)).toBe(19);
    expect(degrees(uneven)).toBeLessThan(3);
  });

  test('with a single seed the interval is of these trained models, all that scenes do to them included', () => {
    // Two runs that share nothing: 0, 1, 0, 1, ... against its contrary. One by one they differ by ±1 on each scene.
    const first = run(...Array.from({ length: 40 }, (_, scene) => scene % 2));
    const second = run(...Array.from({ length: 40 }, (_, scene) => 1 - (scene % 2)));
    const [found] = differences([first], [second], score);
    expect(found.scope).toBe('trained models');
    // The variance of a sum of 40 differences of ±1 is 40 x 40/39.
    expect(found.variance.scenes).toBeGreaterThan(36);
    expect(found.variance.scenes).toBeLessThan(46);
    expect(differences([first], [second, second], score)[0].scope).toBe('trained models');
  });

  test('a score that some counts do not define has no interval', () => {
    const [found] = differences([run(1, 1), run(1, 1)], [run(1, 1), run(1, 1)], () => [Number.NaN]);
    expect([found.difference, found.low, found.high]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
  });

  test('more seeds narrow what seeds do and not what scenes do', () => {
    const parts: Difference['variance'] = { seeds: [3, 3], scenes: 1, degreesOfScenes: 1e6 };
    const wide = (seeds: number) => halfWidth(parts, { seeds: [seeds, seeds], confidence: 0.95 });
    expect(wide(5)).toBeLessThan(wide(3));
    expect(wide(1e6)).toBeCloseTo(1.96, 2);
  });

  test('the same counts give the same interval', () => {
    const [first, second] = twoMethods({ ...SAME, seeds: 2 }, createRandom(1));
    expect(differences(first, second, iou)).toEqual(differences(first, second, iou));
  });
});

function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
