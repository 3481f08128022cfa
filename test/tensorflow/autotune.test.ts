import { afterAll, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Autotuner, type FormChooser } from '../../src/tensorflow/autotune';
import { CompiledProgram } from '../../src/tensorflow/compiled-program';
import { type ConvolutionCase, convolutionForms, STOCK } from '../../src/tensorflow/convolution-forms';
import { createProgram } from '../../src/tensorflow/program';
import { TuningCache } from '../../src/tensorflow/tuning-cache';
import { adam } from '../../src/training/optimizers/adam';
import { temporaryFolder } from '../data/fixtures';
import { EAGER } from './execution';
import { batchOf, lossOf, pulledWeights, relativeDistance, runStep, smallModel, trainedVariables } from './small-model';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const place = { batch: 8, height: 32, width: 32, inputChannels: 16, filters: 16, kernel: 3, stride: 1 };
const one: ConvolutionCase = { ...place, part: 'filterGradient' };
const file = () => join(folder, 'choices', readdirSync(join(folder, 'choices'))[0]);
const read = () => JSON.parse(readFileSync(file(), 'utf8'));

test('a choice is made once, by times that are kept, and holds from then on', () => {
  const tuner = new Autotuner(new TuningCache(join(folder, 'choices')));
  const [form] = tuner.formsOf([one]);
  expect(convolutionForms(one).map(({ name }) => name)).toContain(form.name);
  const key = 'filterGradient 8x32x32x16 k3 s1 f16';
  const content = read();
  expect(content.choices[key].form).toBe(form.name);
  expect(content.choices[key].milliseconds[STOCK]).toBeGreaterThan(0);
  expect(content.machine).toMatchObject({ tensorflow: expect.any(String), oneDnn: expect.any(String) });

  content.choices[key].form = 'rows-4';
  writeFileSync(file(), JSON.stringify(content));
  expect(new Autotuner(new TuningCache(join(folder, 'choices'))).formsOf([one])[0].name).toBe('rows-4');
  // An epoch's last batch goes by its neighbour.
  expect(new Autotuner(new TuningCache(join(folder, 'choices'))).formsOf([{ ...one, batch: 6 }])[0].name).toBe(
    'rows-4',
  );
  expect(Object.keys(read().choices)).toEqual([key]);
});

test('a damaged file, or a form that is not known, means timing again', () => {
  const content = read();
  content.choices = { 'filterGradient 8x32x32x16 k3 s1 f16': { form: 'by-magic', milliseconds: {} } };
  for (const text of [JSON.stringify(content), '{']) {
    writeFileSync(file(), text);
    new Autotuner(new TuningCache(join(folder, 'choices'))).formsOf([one]);
    expect(convolutionForms(one).map(({ name }) => name)).toContain(
      Object.values<{ form: string }>(read().choices)[0].form,
    );
  }
});

test('what is too small to matter is not timed', () => {
  const tuner = new Autotuner(new TuningCache(join(folder, 'small')));
  expect(tuner.formsOf([{ ...one, height: 4, width: 4 }])[0].name).toBe(STOCK);
  expect(existsSync(join(folder, 'small'))).toBe(false);
});

test('without a budget the other forms are not timed, and TensorFlow’s own is what is chosen from then on', () => {
  const place = join(folder, 'no-budget');
  const cases = (['forward', 'inputGradient', 'filterGradient'] as const).map((part) => ({ ...one, part }));
  const forms = new Autotuner(new TuningCache(place), 0).formsOf(cases);
  expect(forms.map(({ name }) => name)).toEqual([STOCK, STOCK, STOCK]);
  const { choices, peak } = JSON.parse(readFileSync(join(place, readdirSync(place)[0]), 'utf8'));
  for (const { form, milliseconds } of Object.values<{ form: string; milliseconds: object }>(choices))
    expect([form, Object.keys(milliseconds)]).toEqual([STOCK, [STOCK]]);
  expect(peak).toBeGreaterThan(0);
  expect(new Autotuner(new TuningCache(place)).formsOf(cases).map(({ name }) => name)).toEqual([STOCK, STOCK, STOCK]);
});

/** Takes the last form there is of everything, whatever its speed. */
const contrary: FormChooser = { formsOf: (cases) => cases.map((one) => convolutionForms(one).at(-1)!) };

test('a step of chosen forms agrees with the eager one over 10 steps', () => {
  const programs = [createProgram(EAGER), new CompiledProgram({ forms: contrary, precision: 'float32' })];
  const [eager, compiled] = programs.map((program) => {
    const model = smallModel();
    const step = program.trainingStep({ optimizer: adam(), variables: trainedVariables(model), loss: lossOf(model) });
    return { program, model, step };
  });
  for (let index = 0; index < 10; index += 1) {
    const [a, b] = [compiled, eager].map(({ step }) => runStep(step, batchOf(4, index), 0.01));
    expect(Math.abs(a / b - 1)).toBeLessThan(1e-5);
  }
  const [a, b] = [compiled, eager].map(({ program, model }) => pulledWeights(program, model));
  expect(relativeDistance(a, b)).toBeLessThan(1e-5);
  expect(Object.values(compiled.program.convolutionForms)).toEqual(
    expect.arrayContaining(['as-input-gradient', 'as-forward', 'rows-1', 'product']),
  );
  for (const { program, model } of [eager, compiled]) {
    program.dispose();
    model.dispose();
  }
});
