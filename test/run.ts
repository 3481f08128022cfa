/**
 * `bun run unit`: Bun's tests, started with the environment that TensorFlow reads. Arguments go on to `bun test`; without
 * any, all files are run, a few at a time, by as many processes as there are processors, and their counts are added up. With
 * `--checks` they are joined by the checks of notebooks, types and style, each of which counts where it fails; with `--times`
 * the files that took longest, hooks and imports included, are listed at the end.
 */
import { availableParallelism } from 'node:os';
import { durationText } from '../src/human-units';
import { tensorFlowEnvironment } from '../src/tensorflow/environment';
import { type Counts, countsOf, failuresIn, sumOf } from './shard-counts';

/** Each process holds up to 3 GB. */
const MOST_SHARDS = 4;
/** Scripts of package.json, the longest first: each has one processor to itself for a while. */
const CHECKS = ['typecheck', 'check', 'lint'];
/** What the paths of long tests begin with: begun first and in small parts, so that no shard is left with them at the end. */
const LONG = ['pipeline', 'settings', 'runner', 'data', 'study', 'commands', 'report', 'publishing', 'faults'];
const [LONG_AT_ONCE, SHORT_AT_ONCE] = [3, 12];
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

const OWN = ['--times', '--checks'];
const [times, checks] = OWN.map((flag) => Bun.argv.includes(flag));
const given = Bun.argv.slice(2).filter((argument) => !OWN.includes(argument));
const started = performance.now();
const files = given.length > 0 ? [given] : partsOf([...new Bun.Glob('test/**/*.test.ts').scanSync()].sort());
const parts = [
  ...(checks ? CHECKS.map((script) => () => runCheck(script)) : []),
  ...files.map((part) => () => runTests(part)),
];
const finished: Finished[] = [];
await Promise.all(Array.from({ length: Math.min(MOST_SHARDS, availableParallelism()) }, shard));
report();

/** Runs one part after the other, as long as there are any. */
async function shard(): Promise<void> {
  for (let part = parts.shift(); part; part = parts.shift()) finished.push(await part());
}

function partsOf(files: readonly string[]): string[][] {
  const inLong = LONG.map((begin) => files.filter((file) => file.startsWith(`test/${begin}`)));
  const others = files.filter((file) => !inLong.flat().includes(file));
  const cut = (list: readonly string[], size: number) =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
      list.slice(index * size, (index + 1) * size).map((file) => `./${file}`),
    );
  return [...inLong.flatMap((list) => cut(list, LONG_AT_ONCE)), ...cut(others, SHORT_AT_ONCE)];
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
