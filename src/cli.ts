/** The command line: global options, what happens to errors, exit codes. The commands are in src/commands. Runs under Bun. */
import { inspect } from 'node:util';
import { Command, Option } from '@commander-js/extra-typings';
import { version } from '../package.json';
import { addDataCommand } from './commands/check-data';
import { addCompletionCommands } from './commands/completion';
import { addInspectionCommands } from './commands/inspection';
import { addMachineCommands } from './commands/machine';
import { addPredictionCommands } from './commands/prediction';
import { addPublishingCommands } from './commands/publish';
import { addResultsCommand } from './commands/results';
import { addRunningCommands } from './commands/run';
import { addSweepCommand } from './commands/sweep';
import { addTensorBoardCommand } from './commands/tensorboard';
import { UserError } from './errors';
import { paintFor, wantsColor } from './runner/console/console-style';
import { RunnerError } from './runner/errors';

const program = new Command('roadseg')
  .description('Road-scene segmentation experiments in TypeScript notebooks')
  .version(version)
  .addOption(new Option('-q, --quiet', 'print what was asked for and what went wrong, and nothing else'))
  .addOption(
    new Option('-v, --verbose', 'also print what goes on inside: servers, kernels, whole cells').conflicts('quiet'),
  )
  .option('--debug', 'show stack traces of errors')
  .configureHelp({ showGlobalOptions: true });

// The order is that of the help.
addRunningCommands(program);
addSweepCommand(program);
addInspectionCommands(program);
addResultsCommand(program);
addDataCommand(program);
addPredictionCommands(program);
addPublishingCommands(program);
addMachineCommands(program);
addTensorBoardCommand(program);
addCompletionCommands(program);

// A reader that went away, such as `head`, is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  showError(error, program.opts());
  process.exitCode = error instanceof RunnerError ? error.exitCode : 1;
}

/** An expected failure with its remedy; of any other the message. Bun's own console would colour errors whatever is asked. */
function showError(error: unknown, { debug }: { debug?: boolean }): void {
  const paint = paintFor(process.stderr);
  const print = (text: string) => process.stderr.write(`${text}\n`);
  if (debug) return void print(inspect(error, { colors: wantsColor(process.stderr) }));
  const expected = error instanceof UserError;
  const problem = expected ? error.problem : String(error);
  const remedy = expected ? error.remedy : 'This should not have happened; --debug shows where it did.';
  const [first, ...rest] = problem.split('\n');
  print(`\n${[paint('red', first), ...rest].join('\n')}\n  → ${remedy}`);
}
