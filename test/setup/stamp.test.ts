import { afterAll, beforeEach, expect, test } from 'bun:test';
import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packagesStep } from '../../src/setup/packages.mjs';
import { inCache, type Project } from '../../src/setup/project.mjs';
import { pythonStep } from '../../src/setup/python.mjs';
import { digest, markStarted, type Step, whyNotInPlace, writeStamp } from '../../src/setup/stamp.mjs';
import { freshClone, removeFolders } from './fixtures';

afterAll(removeFolders);

let project: Project;
let made: string;
let step: Step;

beforeEach(() => {
  project = freshClone({ PATH: '' });
  made = path.join(project.root, 'made');
  writeFileSync(made, '');
  step = {
    name: 'example',
    title: () => 'an example',
    diskGigabytes: () => 0,
    remedy: '',
    inputs: () => ({ lock: digest(path.join(project.root, 'bun.lock')) }),
    outputs: () => [made],
    clear: () => {},
    run: async () => {},
  };
});

test('a step is in place once it is stamped', () => {
  expect(whyNotInPlace(project, step)).toBe('not done yet');
  writeStamp(project, step);
  expect(whyNotInPlace(project, step)).toBeNull();
});

test('a changed input: not in place, and the input is named', () => {
  writeStamp(project, step);
  appendFileSync(path.join(project.root, 'bun.lock'), '\n');
  expect(whyNotInPlace(project, step)).toBe('changed since: lock');
});

test('an input more or fewer than before: not in place', () => {
  writeStamp(project, step);
  const { inputs } = step;
  expect(whyNotInPlace(project, { ...step, inputs: (at) => ({ ...inputs(at), more: '1' }) })).toContain('more');
  expect(whyNotInPlace(project, { ...step, inputs: () => ({}) })).toContain('lock');
});

test('a made file deleted: not in place', () => {
  writeStamp(project, step);
  rmSync(made);
  expect(whyNotInPlace(project, step)).toBe('gone: made');
});

test('a half-written stamp: not in place', () => {
  writeStamp(project, step);
  const file = inCache(project, 'example.json');
  truncateSync(file, Math.floor(readFileSync(file).length / 2));
  expect(whyNotInPlace(project, step)).toBe('not done yet');
});

test('an attempt that did not end is known to the next one', () => {
  writeStamp(project, step);
  expect(markStarted(project, step)).toBe(false);
  expect(whyNotInPlace(project, step)).toBe('the last attempt did not end well');
  expect(markStarted(project, step)).toBe(true);
  writeStamp(project, step);
  expect(whyNotInPlace(project, step)).toBeNull();
});

test('what the real steps depend on', () => {
  const before = packagesStep.inputs(project);
  const manifest = path.join(project.root, 'package.json');
  const content = JSON.parse(readFileSync(manifest, 'utf8'));
  writeFileSync(manifest, JSON.stringify({ ...content, scripts: {} }));
  expect(packagesStep.inputs(project)).toEqual(before);
  writeFileSync(manifest, JSON.stringify({ ...content, dependencies: { ...content.dependencies, yaml: '1.0.0' } }));
  expect(packagesStep.inputs(project)).not.toEqual(before);

  const cpu = pythonStep.inputs({ ...project, env: { ROADSEG_CUDA: '0' } });
  const cuda = pythonStep.inputs({ ...project, env: { ROADSEG_CUDA: '1' } });
  expect([cpu.TensorFlow, cuda.TensorFlow]).toEqual(['cpu', 'cuda']);
});
