import { afterAll, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { EXTRAS } from '../../src/setup/extras.mjs';
import { requirements, tensorflowVariant, tensorflowVersion } from '../../src/setup/python.mjs';
import { writeStamp } from '../../src/setup/stamp.mjs';
import { freshClone, pathWith, removeFolders } from './fixtures';

afterAll(removeFolders);

const names = (text: string) =>
  text
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split('==')[0]);

test('every requirement is pinned to one version, and listed once', () => {
  const project = freshClone({});
  for (const variant of ['cpu', 'cuda'] as const) {
    const lines = requirements(project, variant)
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    for (const line of lines) expect(line).toMatch(/^[a-z0-9-]+==[0-9][^;\s]*(; python_version < "3\.\d+")?$/);
    expect(new Set(names(lines.join('\n'))).size).toBe(lines.length);
  }
});

test('an extra pins what it adds, and nothing that is there already', () => {
  const present = names(requirements(freshClone({}), 'cpu'));
  for (const extra of EXTRAS) {
    const list = readFileSync(`requirements-${extra}.txt`, 'utf8');
    for (const line of list.split('\n').filter((each) => each && !each.startsWith('#')))
      expect(line).toMatch(/^[a-z0-9-]+==[0-9][^;\s]*$/);
    expect(names(list).filter((name) => present.includes(name))).toEqual([]);
  }
});

test('for CUDA, tensorflow takes the place of tensorflow-cpu, at the same version', () => {
  const project = freshClone({});
  const cpu = names(requirements(project, 'cpu'));
  const cuda = names(requirements(project, 'cuda'));
  expect(cpu.filter((name) => !cuda.includes(name))).toEqual(['tensorflow-cpu']);
  expect(cuda).toContain('tensorflow');
  expect(cuda).toContain('nvidia-cudnn-cu12');
  const versions = ['0', '1'].map((ROADSEG_CUDA) => tensorflowVersion({ ...project, env: { ROADSEG_CUDA } }));
  expect(versions[0]).toBe(versions[1]);
});

test('CUDA where a GPU is seen or asked for; the choice is kept', () => {
  const gpu = pathWith({ 'nvidia-smi': 'echo "GPU 0: Example (UUID: GPU-0)"' });
  const noGpu = pathWith({ 'nvidia-smi': 'echo "No devices found."; exit 6' });
  const project = freshClone({ PATH: noGpu });
  expect(tensorflowVariant(project)).toBe('cpu');
  expect(tensorflowVariant({ ...project, env: { PATH: gpu } })).toBe('cuda');
  expect(tensorflowVariant({ ...project, env: { PATH: gpu, ROADSEG_CUDA: '0' } })).toBe('cpu');
  expect(tensorflowVariant({ ...project, env: { PATH: noGpu, ROADSEG_CUDA: '1' } })).toBe('cuda');

  writeStamp(project, {
    name: 'python',
    title: () => '',
    diskGigabytes: () => 0,
    remedy: '',
    inputs: () => ({ TensorFlow: 'cpu' }),
    outputs: () => [],
    clear: () => {},
    run: async () => {},
  });
  expect(tensorflowVariant({ ...project, env: { PATH: gpu } })).toBe('cpu');
});
