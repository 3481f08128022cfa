import { afterAll, describe, expect, test } from 'bun:test';
import path from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { addCompletionCommands, candidates } from '../../src/commands/completion';
import { addInspectionCommands } from '../../src/commands/inspection';
import { addPredictionCommands } from '../../src/commands/prediction';
import { addRunningCommands } from '../../src/commands/run';
import { addSweepCommand } from '../../src/commands/sweep';
import { projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

const program = new Command('roadseg').option('-q, --quiet', 'say little').option('--level <level>', 'how much');
for (const add of [
  addRunningCommands,
  addSweepCommand,
  addInspectionCommands,
  addPredictionCommands,
  addCompletionCommands,
])
  add(program);

/** What is offered for a line whose last word is at the cursor. */
const offered = (line: string) => candidates(program, line.split(' ')).map(({ value }) => value);

describe('at the cursor there may be', () => {
  test('a command, in front of it any option of all commands', () => {
    expect(offered('s')).toEqual(['sweep', 'show']);
    expect(offered('com')).toEqual(['compare', 'completion']);
    expect(offered('--quiet --level 3 li')).toEqual(['list']);
    expect(offered('--')).toEqual(['--quiet', '--level', '--help']);
  });

  test('an option of the command', () => {
    expect(offered('compare --')).toEqual(['--csv', '--md', '--json', '--figure', '--help', '--quiet', '--level']);
    expect(offered('run x.yaml --set seed=1 --f')).toEqual(['--force', '--fresh']);
  });

  test('what the argument takes: experiments, sweeps, notebooks', () => {
    expect(offered('sweep experiments/sweeps/le')).toEqual(['experiments/sweeps/learning-rate.yaml']);
    expect(offered('run experiments/camvid/b')).toEqual(['experiments/camvid/base.yaml']);
    expect(offered('run notebooks/02')).toEqual(['notebooks/02-model.ipynb']);
    expect(offered('run experiments/sl')).toEqual([]);
    expect(offered('run a.yaml another')).toEqual([]);
  });

  test('what the option takes: its choices, keys of the schema', () => {
    expect(offered('completion ')).toEqual(['bash', 'zsh', 'fish']);
    expect(offered('predict street.png --format ')).toEqual(['cityscapes', 'indices']);
    expect(offered('run x.yaml --set training.ep')).toEqual(['training.epochs=']);
    // Of a folder, the shell knows more.
    expect(offered('predict street.png --out ')).toEqual([]);
  });
});

test('bash completes the runs of the folder it is in', () => {
  const root = projectFolder({
    'results/synthetic-base-1a2b/experiment.yaml': '',
    'results/camvid-base-3c4d/experiment.yaml': '',
  });
  const script = `
    eval "$("$0" "$1" completion bash)"
    press() { COMP_WORDS=(roadseg "$@"); COMP_CWORD=$#; _roadseg; echo "\${COMPREPLY[*]}"; }
    press list --json syn
    press show c
    type -t roadseg`;
  const cli = path.resolve('src/cli.ts');
  const { stdout, stderr } = Bun.spawnSync(['bash', '-c', script, process.execPath, cli], {
    cwd: root,
    stderr: 'pipe',
  });
  expect(stderr.toString()).toBe('');
  expect(stdout.toString()).toBe('synthetic-base-1a2b\ncamvid-base-3c4d\nfunction\n');
});
