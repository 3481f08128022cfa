import type { Random } from '../random';

/** Scores of counts that were summed over scenes, always in the same order; NaN for one that the counts do not define. */
export type Scores = (counts: Float64Array) => readonly number[];

/**
 * The bootstrap over scenes (Efron 1979): draws as many scenes as there are, with replacement, the same ones for every run,
 * and scores the sum of their counts. An IoU is a ratio of sums over the whole set, so it is the counts that are drawn,
 * not IoUs of scenes.
 *
 * @param runs of each, the counts of each scene (or block of scenes): `runs[run][scene]`, all of the same scenes
 * @returns `[replicate][run][score]`
 */
export function resampledScores(
  runs: readonly (readonly Float64Array[])[],
  scores: Scores,
  { replicates, random }: { replicates: number; random: Random },
): number[][][] {
  const scenes = runs[0].length;
  const cells = runs[0][0].length;
  const sum = new Float64Array(cells);
  return Array.from({ length: replicates }, () => {
    const times = new Uint16Array(scenes);
    for (let draw = 0; draw < scenes; draw += 1) times[random.integer(scenes)] += 1;
    return runs.map((counts) => {
      sum.fill(0);
      for (let scene = 0; scene < scenes; scene += 1) {
        const weight = times[scene];
        if (weight === 0) continue;
        const own = counts[scene];
        for (let cell = 0; cell < cells; cell += 1) sum[cell] += weight * own[cell];
      }
      return [...scores(sum)];
    });
  });
}

/** @returns `[scene][run][score]`: the scores of all scenes (or blocks) but that one, which tell how much hangs on it */
export function scoresWithoutEach(runs: readonly (readonly Float64Array[])[], scores: Scores): number[][][] {
  const sums = runs.map(summed);
  return runs[0].map((_, scene) =>
    runs.map((counts, run) => [...scores(sums[run].map((sum, cell) => sum - counts[scene][cell]))]),
  );
}

/** @returns the counts of all scenes (or blocks) together */
export function summed(counts: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(counts[0].length);
  for (const each of counts) for (let cell = 0; cell < sum.length; cell += 1) sum[cell] += each[cell];
  return sum;
}

/**
 * How scores of several runs vary together from replicate to replicate.
 *
 * @param values `[replicate][run]`; replicates with a NaN are left out
 * @returns the covariance of each pair of runs, `[run][run]`; NaN where fewer than two replicates are left
 */
export function covariances(values: readonly (readonly number[])[]): number[][] {
  const kept = values.filter((row) => !row.some(Number.isNaN));
  const runs = values[0].length;
  const means = Array.from({ length: runs }, (_, run) => kept.reduce((sum, row) => sum + row[run], 0) / kept.length);
  return means.map((meanOfA, a) =>
    means.map((meanOfB, b) => {
      const products = kept.reduce((sum, row) => sum + (row[a] - meanOfA) * (row[b] - meanOfB), 0);
      return kept.length > 1 ? products / (kept.length - 1) : Number.NaN;
    }),
  );
}
