import { afterAll, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jobScript, shellQuoted } from '../../../src/runner/slurm/job-script';
import { readSlurmSettings } from '../../../src/runner/slurm/slurm-settings';
import { messageOf, projectFolder, removeProjectFolders } from '../../experiment/project-folder';

afterAll(removeProjectFolders);

const settingsOf = (yaml: string) => readSlurmSettings(projectFolder({ 'experiments/slurm.yaml': yaml }));

test('what is left out is left to the cluster; mistakes are placed', () => {
  expect(readSlurmSettings(projectFolder())).toMatchObject({ partition: null, time: null, preamble: '' });
  expect(settingsOf('time: 8:00:00\ncpus: 4\n')).toMatchObject({ time: '8:00:00', cpus: 4 });
  expect(messageOf(() => settingsOf('time: 1:00\npartion: gpu\n'))).toContain(
    'experiments/slurm.yaml:2:1: partion: unknown key; did you mean partition?',
  );
  expect(messageOf(() => settingsOf('options: [account=x]\n'))).toContain('slurm.yaml:1:11: options.0: expected');
});

/** Runs a job script as task 1 of the array would be, with a stand-in for the command line. */
function runTask(environment: Record<string, string>): string {
  const root = projectFolder({ "it's/cli.sh": 'echo "$@" "threads=$TF_NUM_INTRAOP_THREADS" "$GREETING"\n' });
  for (const name of ['a', 'b']) mkdirSync(path.join(root, name));
  writeFileSync(path.join(root, 'runs.txt'), 'a\nb\n');
  const script = jobScript({
    name: 'x',
    count: 2,
    runsFile: path.join(root, 'runs.txt'),
    settings: settingsOf('preamble: |\n  export GREETING="hello there"\n  echo before\n'),
    process: {
      program: ['bash', path.join(root, "it's/cli.sh"), 'run'],
      file: 'experiment.yaml',
      flags: ['--timeout', '5'],
      firstFlags: ['--fresh'],
    },
    threadVariables: ['TF_NUM_INTRAOP_THREADS', 'OMP_NUM_THREADS'],
    root,
  });
  const env = { PATH: process.env.PATH, SLURM_ARRAY_TASK_ID: '1', ...environment };
  const { exitCode, stderr } = Bun.spawnSync(['bash', '-c', script], { cwd: root, env, stderr: 'pipe' });
  expect([exitCode, stderr.toString()]).toEqual([0, '']);
  return readFileSync(path.join(root, 'b', 'run.log'), 'utf8');
}

test('the script runs its line of the list, and prints into the run folder', () => {
  expect(runTask({ SLURM_CPUS_PER_TASK: '4' })).toBe(
    'before\nrun b/experiment.yaml --timeout 5 --fresh threads=4 hello there\n',
  );
});

test('put back into the queue, it does not begin at the beginning again', () => {
  expect(runTask({ SLURM_RESTART_COUNT: '1' })).toBe(
    'before\nrun b/experiment.yaml --timeout 5 threads= hello there\n',
  );
});

test('settings become directives', () => {
  const settings = settingsOf('{ partition: gpu, time: 30, gres: gpu:1, concurrent: 3, options: [--account=vision] }');
  const script = jobScript({
    name: 'lr',
    count: 10,
    runsFile: '/p/results/.slurm/lr/1/runs.txt',
    settings,
    process: { program: ['bun', 'cli.ts'], file: 'experiment.yaml' },
    root: '/p with blanks',
  });
  expect(script.match(/^#SBATCH .*/gm)).toEqual([
    '#SBATCH --job-name=roadseg-lr',
    '#SBATCH --array=0-9%3',
    '#SBATCH --chdir="/p with blanks"',
    '#SBATCH --output=/p/results/.slurm/lr/1/task-%a.log',
    '#SBATCH --open-mode=append',
    '#SBATCH --partition=gpu',
    '#SBATCH --time=30',
    '#SBATCH --gres=gpu:1',
    '#SBATCH --requeue',
    '#SBATCH --account=vision',
  ]);
});

test('words of the shell', () => {
  expect(['a-b', 'a b', "it's"].map(shellQuoted)).toEqual(['a-b', "'a b'", "'it'\\''s'"]);
});
