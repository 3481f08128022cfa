/** What `bun test` says at the end of how many tests did what. */
export type Counts = Record<'pass' | 'skip' | 'fail', number>;

/**
 * @param output of one `bun test`
 * @param exitCode of it: one that failed without a failed test, as where it crashed, counts as a failure
 */
export function countsOf(output: string, exitCode: number): Counts {
  const plain = Bun.stripANSI(output);
  const last = (word: string) =>
    Number(
      plain
        .match(new RegExp(`^ *\\d+ ${word}$`, 'gm'))
        ?.at(-1)
        ?.match(/\d+/)?.[0] ?? 0,
    );
  const counts = { pass: last('pass'), skip: last('skip'), fail: last('fail') };
  return exitCode !== 0 && counts.fail === 0 ? { ...counts, fail: 1 } : counts;
}

export function sumOf(counts: readonly Counts[]): Counts {
  const sum = (word: keyof Counts) => counts.reduce((all, each) => all + each[word], 0);
  return { pass: sum('pass'), skip: sum('skip'), fail: sum('fail') };
}

/** The lines of tests that failed. */
export function failuresIn(output: string): string[] {
  return Bun.stripANSI(output)
    .split('\n')
    .filter((line) => line.startsWith('(fail) '));
}
