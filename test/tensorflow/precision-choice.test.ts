import { afterAll, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { typeNumber } from '../../src/tensorflow/backend';
import { CompiledProgram } from '../../src/tensorflow/compiled-program';
import type { TensorSpec } from '../../src/tensorflow/graph';
import { PrecisionTuner } from '../../src/tensorflow/precision-choice';
import { record } from '../../src/tensorflow/recorder';
import { tf } from '../../src/tensorflow/tensorflow';
import { TuningCache } from '../../src/tensorflow/tuning-cache';
import { adam } from '../../src/training/optimizers/adam';
import { temporaryFolder } from '../data/fixtures';
import { batchOf, lossOf, pulledWeights, runStep, smallModel, trainedVariables } from './small-model';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const kernel = tf.ones([3, 3, 4, 4]) as tf.Tensor4D;
afterAll(() => kernel.dispose());

const inputs = (batch: number): TensorSpec[] => [{ shape: [batch, 8, 8, 4], dtype: typeNumber('float32') }];
const recording = (batch: number) =>
  record({ scope: 'f', inputs: inputs(batch), compute: ([x]) => [tf.conv2d(x as tf.Tensor4D, kernel, 1, 'same')] });

const content = (name: string) => {
  const [file] = readdirSync(join(folder, name));
  return JSON.parse(readFileSync(join(folder, name, file), 'utf8'));
};

test('a machine without fast bfloat16 takes float32 and times nothing', () => {
  const tuner = new PrecisionTuner(new TuningCache(join(folder, 'slow')), []);
  expect(tuner.formatOf(recording(2), inputs(2))).toBe('float32');
  expect(existsSync(join(folder, 'slow'))).toBe(false);
});

test('both formats are timed once, the choice is kept, and a smaller batch goes by it', () => {
  const tuner = () => new PrecisionTuner(new TuningCache(join(folder, 'fast')), ['avx512_bf16']);
  const chosen = tuner().formatOf(recording(2), inputs(2));
  const { precisions } = content('fast');
  const [key] = Object.keys(precisions);
  expect(precisions).toEqual({
    [key]: { format: chosen, milliseconds: { float32: expect.any(Number), bfloat16: expect.any(Number) } },
  });

  const other = chosen === 'float32' ? 'bfloat16' : 'float32';
  const cache = new TuningCache(join(folder, 'fast'));
  cache.content.precisions[key].format = other;
  cache.save();
  expect(tuner().formatOf(recording(2), inputs(2))).toBe(other);
  expect(tuner().formatOf(recording(1), inputs(1))).toBe(other);
  expect(Object.keys(content('fast').precisions)).toEqual([key]);
});

test('what is timed is computed', () => {
  const filters = tf.ones([3, 3, 64, 64]) as tf.Tensor4D;
  const specs: TensorSpec[] = [{ shape: [2, 128, 128, 64], dtype: typeNumber('float32') }];
  const eight = ([x]: tf.Tensor[]) => [
    Array.from({ length: 8 }).reduce<tf.Tensor4D>((y) => tf.conv2d(y, filters, 1, 'same'), x as tf.Tensor4D),
  ];
  const tuner = new PrecisionTuner(new TuningCache(join(folder, 'computed')), ['avx512_bf16']);
  tuner.formatOf(record({ scope: 'g', inputs: specs, compute: eight }), specs);
  const [{ milliseconds }] = Object.values(content('computed').precisions) as {
    milliseconds: Record<string, number>;
  }[];
  // 8 x 2 x 128 x 128 x 64 x 64 x 9 multiplications and as many additions: no processor does 10^13 a second in float32.
  expect(milliseconds.float32).toBeGreaterThan(19.3 / 10);
  filters.dispose();
});

test('timing leaves the weights as they are, and the program says what it took', () => {
  const [timed, plain] = [new PrecisionTuner(new TuningCache(join(folder, 'step')), ['amx_bf16']), null].map(
    (tuner) => {
      const model = smallModel();
      const precision = tuner ?? (Object.values(content('step').precisions)[0] as { format: 'float32' }).format;
      const program = new CompiledProgram({ forms: null, precision });
      const step = program.trainingStep({ optimizer: adam(), variables: trainedVariables(model), loss: lossOf(model) });
      const losses = [1, 2].map((seed) => runStep(step, batchOf(4, seed)));
      const outcome = { losses, weights: pulledWeights(program, model), forms: program.convolutionForms };
      program.dispose();
      model.dispose();
      return outcome;
    },
  );
  expect(timed).toEqual(plain);
});

test('a bfloat16 program says so of each convolution', () => {
  const program = new CompiledProgram({ forms: null, precision: 'bfloat16' });
  const convolve = program.function((x) => [tf.conv2d(x as tf.Tensor4D, kernel, 1, 'same')]);
  convolve.prepare([{ shape: [2, 8, 8, 4], dtype: 'float32' }]);
  expect(program.convolutionForms).toEqual({ 'forward 2x8x8x4 k3 s1 f4': 'bfloat16' });
  program.dispose();
});
