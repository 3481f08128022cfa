/** `bun run unit`: Bun's tests, started with the environment that TensorFlow reads. Arguments go on to `bun test`. */
import { tensorFlowEnvironment } from '../src/tensorflow/environment';

const [first, ...others] = Bun.argv.slice(2);
const tests = Bun.spawn([process.execPath, 'test', '--timeout', '30000', first ?? './test/', ...others], {
  env: { ...Bun.env, ...tensorFlowEnvironment },
  stdio: ['inherit', 'inherit', 'inherit'],
});
process.exitCode = await tests.exited;
