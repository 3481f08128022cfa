/**
 * `bun run unit`: Bun's tests, started with the environment that TensorFlow reads. Arguments go on to `bun test`; with
 * `--times` the files that took longest, hooks and imports included, are listed at the end.
 */
import { durationText } from '../src/human-units';
import { tensorFlowEnvironment } from '../src/tensorflow/environment';

const SHOWN = 15;

const times = Bun.argv.includes('--times');
const [first, ...others] = Bun.argv.slice(2).filter((argument) => argument !== '--times');
const tests = Bun.spawn([process.execPath, 'test', '--timeout', '30000', first ?? './test/', ...others], {
  env: { ...Bun.env, ...tensorFlowEnvironment },
  stdio: ['inherit', 'inherit', times ? 'pipe' : 'inherit'],
});
// Bun's types do not know that its streams can be iterated.
if (tests.stderr) await listTimes(tests.stderr as unknown as AsyncIterable<Uint8Array>);
process.exitCode = await tests.exited;

/** Bun names each file as it begins with it. */
async function listTimes(output: AsyncIterable<Uint8Array>): Promise<void> {
  const began: { file: string; at: number }[] = [];
  const decoder = new TextDecoder();
  let line = '';
  for await (const bytes of output) {
    process.stderr.write(bytes);
    const lines = (line + decoder.decode(bytes, { stream: true })).split('\n');
    line = lines.pop() ?? '';
    for (const each of lines) {
      const file = /^(\S+\.test\.ts):$/.exec(each)?.[1];
      if (file) began.push({ file, at: performance.now() });
    }
  }
  const ends = [...began.slice(1).map(({ at }) => at), performance.now()];
  const taken = began.map(({ file, at }, index) => ({ file, seconds: (ends[index] - at) / 1000 }));
  for (const { file, seconds } of taken.sort((a, b) => b.seconds - a.seconds).slice(0, SHOWN))
    console.error(`${durationText(seconds).padStart(12)}  ${file}`);
}
