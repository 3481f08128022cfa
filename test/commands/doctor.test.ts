import { afterAll, expect, test } from 'bun:test';
import { availableMemory, type DoctorReport, doctor, formatDoctorReport } from '../../src/commands/doctor';
import { projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

test('free memory is read from /proc', () => {
  expect(availableMemory('MemTotal: 9 kB\nMemAvailable:   1000000 kB\n')).toBeCloseTo(1.024, 6);
  expect(availableMemory('')).toBeNull();
});

test('this checkout is healthy, and the report has the facts', async () => {
  const { report, healthy } = doctor();
  expect(report.missing).toEqual([]);
  expect(healthy).toBe(true);
  expect(report.tensorflow).toMatchObject({ backend: 'tensorflow', correct: true });
  const text = formatDoctorReport(report);
  for (const fact of [
    'bun',
    'node',
    'jupyterlab',
    'tslab',
    'tfjs',
    'tensorflow',
    'oneDNN',
    'threads',
    'CPU features',
  ]) {
    expect(text).toContain(fact);
  }
});

test('an empty folder is not healthy, and the report says what to run', async () => {
  const root = projectFolder({
    'package.json': '{"version":"0.1.0","devDependencies":{"bun":"1.0.0"}}',
    'bun.lock': '',
    'requirements.txt': 'tensorflow-cpu==2.21.0\n',
  });
  const { report, healthy } = doctor(root);
  expect(healthy).toBe(false);
  expect(report.versions.jupyterlab).toBeNull();
  expect(report.missing.filter((line) => line.endsWith('Run: npm run setup'))).toHaveLength(4);
});

test('the text ends with what is missing', () => {
  const report: DoctorReport = {
    root: '/project',
    versions: { roadseg: '0.1.0', bun: '1.4.4', node: null, python: null, jupyterlab: null, tslab: null, tfjs: null },
    tensorflow: { error: 'no binding' },
    cpu: { model: 'Example', logical: 2, features: ['avx2'] },
    gpus: [],
    threads: { within: { count: 2, from: 'OMP_NUM_THREADS' }, between: null },
    memoryGrowth: true,
    memory: { totalGigabytes: 8, availableGigabytes: 4 },
    disk: { freeGigabytes: 10 },
    steps: [{ name: 'python', title: '.venv', problem: 'not done yet' }],
    missing: ['Set-up step python (not done yet). Run: npm run setup'],
    notes: [],
  };
  const lines = formatDoctorReport(report).split('\n');
  expect(lines.at(-1)).toBe('Set-up step python (not done yet). Run: npm run setup');
  expect(lines).toContain('threads         2 (OMP_NUM_THREADS) within an operation, every core between operations');
  expect(lines).toContain(
    'bfloat16        slow: neither avx512_bf16 nor amx_bf16, so execution.precision: auto takes float32',
  );
  expect(lines).toContain('set-up: python  not in place (not done yet)');
});
