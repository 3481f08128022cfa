/**
 * `bun run unit`: Bun's tests, started with the environment that TensorFlow reads. Arguments go on to `bun test`; without
 * any, all files are run, a few at a time, by as many processes as there are processors, and their counts are added up. With
 * `--checks`, as `npm test` has it, they are joined by the checks of notebooks, types and style, each of which counts where it
 * fails, and what can do without begins while set-up, which mostly downloads, brings Jupyter and TensorFlow; with `--times` the
 * files that took longest, hooks and imports included, are listed at the end.
 */
import { availableParallelism } from 'node:os';
import { durationText } from '../src/human-units';
import { tensorFlowEnvironment } from '../src/tensorflow/environment';
import { type Counts, countsOf, failuresIn, sumOf } from './shard-counts';

/** Each process holds up to 3 GB. */
const MOST_SHARDS = 4;
/** Scripts of package.json, the longest first: each has one processor to itself for a while. */
const CHECKS = ['typecheck', 'lint'];
/** That one finds compiled what set-up compiles, so it comes after. */
const CHECKS_AFTER_SET_UP = ['check'];
/** What the paths of tests begin with that need npm packages alone, neither Jupyter nor TensorFlow. */
const WITHOUT_SET_UP = [
  ...['streets', 'evaluation/difference', 'data', 'report/results', 'report/figures', 'report/page', 'architecture'],
  ...['style', 'experiment', 'configuration', 'files'],
];
/** What the paths of long tests begin with: begun first and in small parts, so that no shard is left with them at the end. */
const LONG = ['pipeline', 'settings', 'runner', 'study', 'commands', 'report', 'publishing', 'faults'];
const [LONG_AT_ONCE, EARLY_AT_ONCE, SHORT_AT_ONCE] = [3, 6, 12];
const SHOWN = 15;
/** Milliseconds for a test that asks for none of its own: it shares the machine with another. */
const PATIENCE = 60_000;

interface FileTime {
  file: string;
  seconds: number;
}

interface Finished {
  counts: Counts;
  failures: string[];
  times: FileTime[];
}

/** A check or some files of tests. */
type Part = () => Promise<Finished>;

const OWN = ['--times', '--checks'];
const [times, checks] = OWN.map((flag) => Bun.argv.includes(flag));
const given = Bun.argv.slice(2).filter((argument) => !OWN.includes(argument));
const started = performance.now();
const programs = new Set<Bun.Subprocess>();
const { early, late } = given.length > 0 ? { early: [], late: [() => runTests(given)] } : allParts();
const finished: Finished[] = [];
let isSetUp = !checks;
const settingUp = checks ? setUp() : undefined;
await Promise.all(Array.from({ length: Math.min(MOST_SHARDS, availableParallelism()) }, shard));
await settingUp;
report();

/** Runs one part after the other, as long as there are any. */
async function shard(): Promise<void> {
  for (let part = await nextPart(); part; part = await nextPart()) finished.push(await part());
}

/** Once all is set up, the long parts go first; what is left of the early ones then fills the gaps at the end. */
async function nextPart(): Promise<Part | undefined> {
  if (!isSetUp && early.length === 0) await settingUp;
  return (isSetUp ? late.shift() : undefined) ?? early.shift();
}

/** Without it there is nothing to be tested: where it fails, all that has begun is stopped. */
async function setUp(): Promise<void> {
  const program = Bun.spawn(['node', 'src/setup/main.mjs'], { stdio: ['inherit', 'inherit', 'inherit'] });
  isSetUp = (await program.exited) === 0;
  if (isSetUp) return;
  for (const each of programs) each.kill();
  console.log('\nset-up failed, so the tests were not run\n 0 pass\n 1 fail');
  process.exit(1);
}

/** Early are those that need npm packages alone. */
function allParts(): Record<'early' | 'late', Part[]> {
  const files = [...new Bun.Glob('test/**/*.test.ts').scanSync()].sort();
  const beginning = (begins: readonly string[]) =>
    begins.map((begin) => files.filter((file) => file.startsWith(`test/${begin}`)));
  const bare = beginning(WITHOUT_SET_UP).flat();
  const long = beginning(LONG).map((list) => list.filter((file) => !bare.includes(file)));
  const others = files.filter((file) => ![...bare, ...long.flat()].includes(file));
  const cut = (list: readonly string[], size: number) =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, index) => {
      const part = list.slice(index * size, (index + 1) * size).map((file) => `./${file}`);
      return () => runTests(part);
    });
  const checksOf = (scripts: readonly string[]) => (checks ? scripts.map((script) => () => runCheck(script)) : []);
  return {
    early: [...checksOf(CHECKS), ...cut(bare, EARLY_AT_ONCE)],
    late: [
      ...checksOf(CHECKS_AFTER_SET_UP),
      ...long.flatMap((list) => cut(list, LONG_AT_ONCE)),
      ...cut(others, SHORT_AT_ONCE),
    ],
  };
}

async function runCheck(script: string): Promise<Finished> {
  const exitCode = await runPart(['run', script]);
  const failed = exitCode === 0 ? [] : [`bun run ${script}: exit code ${exitCode}`];
  return { counts: { pass: 0, skip: 0, fail: failed.length }, failures: failed, times: [] };
}

async function runTests(part: readonly string[]): Promise<Finished> {
  const began: { file: string; at: number }[] = [];
  let output = '';
  const exitCode = await runPart(['test', '--timeout', String(PATIENCE), ...part], (text) => {
    output += text;
    // Bun names each file as it begins with it.
    for (const [, file] of text.matchAll(/^(\S+\.test\.ts):$/gm)) began.push({ file, at: performance.now() });
  });
  const ends = [...began.slice(1).map(({ at }) => at), performance.now()];
  const counts = countsOf(output, exitCode);
  const failures = failuresIn(output);
  if (counts.fail > failures.length) failures.push(`exit code ${exitCode}: ${part.join(' ')}`);
  return {
    counts,
    failures,
    times: began.map(({ file, at }, index) => ({ file, seconds: (ends[index] - at) / 1000 })),
  };
}

/**
 * Runs Bun with these arguments. What it prints is printed when it has ended, so that shards do not write into each other's lines.
 *
 * @returns its exit code, 128 and more after a signal
 */
async function runPart(args: readonly string[], onText: (text: string) => void = () => {}): Promise<number> {
  const program = Bun.spawn([process.execPath, ...args], {
    env: { ...Bun.env, ...tensorFlowEnvironment },
    stdio: ['inherit', 'pipe', 'pipe'],
  });
  programs.add(program);
  let output = '';
  const read = async (stream: AsyncIterable<Uint8Array>) => {
    const decoder = new TextDecoder();
    for await (const bytes of stream) {
      const text = decoder.decode(bytes, { stream: true });
      output += text;
      onText(text);
    }
  };
  // Bun's types do not know that its streams can be iterated.
  const streams = [program.stdout, program.stderr] as unknown as AsyncIterable<Uint8Array>[];
  await Promise.all(streams.map(read));
  const exitCode = await program.exited;
  programs.delete(program);
  console.log(output);
  return exitCode;
}

/** Ends as `bun test` does; `.ci/run` reads the lines of the counts. */
function report(): void {
  const longest = finished.flatMap((each) => each.times).sort((a, b) => b.seconds - a.seconds);
  if (times)
    for (const { file, seconds } of longest.slice(0, SHOWN))
      console.log(`${durationText(seconds).padStart(12)}  ${file}`);
  for (const failure of finished.flatMap(({ failures }) => failures)) console.log(failure);
  const { pass, skip, fail } = sumOf(finished.map(({ counts }) => counts));
  console.log(`\n ${pass} pass\n ${skip} skip\n ${fail} fail`);
  console.log(`Ran ${pass + skip + fail} tests. [${durationText((performance.now() - started) / 1000)}]`);
  process.exitCode = fail > 0 ? 1 : 0;
}
