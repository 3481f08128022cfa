/** The command line: global options, what happens to errors, exit codes. The commands are in src/commands. Runs under Bun. */
import { Command } from 'commander';
import { version } from '../package.json';
import { addLookingBackCommands } from './commands/looking-back';
import { addMachineCommands } from './commands/machine';
import { addPredictionCommands } from './commands/prediction';
import { addRunningCommands } from './commands/running';
import { addSweepCommand } from './commands/sweep';
import { UserError } from './errors';
import { RunnerError } from './runner/errors';

const program = new Command('roadseg')
  .description('Road-scene segmentation experiments in TypeScript notebooks')
  .version(version)
  .option('--debug', 'show stack traces of errors');

// The order is that of the help.
addRunningCommands(program);
addSweepCommand(program);
addLookingBackCommands(program);
addPredictionCommands(program);
addMachineCommands(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof UserError) || program.opts().debug) console.error(error);
  else console.error(`\n${error.message}`);
  process.exitCode = error instanceof RunnerError ? error.exitCode : 1;
}
