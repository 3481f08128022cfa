import type { Command } from '@commander-js/extra-typings';
import { RunError } from '../errors';
import { inForeground } from '../runner/foreground';
import { installExtra } from '../setup/extras.mjs';
import { inProject, PROJECT_ROOT } from '../setup/project.mjs';
import { SetupError } from '../setup/setup-error.mjs';
import { example } from './options';

/** `tensorboard`: trainings as they go. */
export function addTensorBoardCommand(program: Command): void {
  program
    .command('tensorboard')
    .description('show the trainings of results/ in TensorBoard, to this machine only; installed when first wanted')
    .allowUnknownOption()
    .argument('[options...]', 'passed on to TensorBoard, such as --port 6007')
    .addHelpText('after', example('tensorboard --port 6007'))
    .action(async (options) => {
      process.exitCode = await startTensorBoard(options);
    });
}

/** @returns its exit code, when it has ended @throws RunError when it cannot be installed */
async function startTensorBoard(options: readonly string[]): Promise<number> {
  const project = { root: PROJECT_ROOT, env: process.env };
  try {
    if (await installExtra(project, 'tensorboard')) console.error('TensorBoard is installed in the .venv.');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    throw new RunError(error.message, 'run npm run setup first, where the .venv is missing', { cause: error });
  }
  const python = inProject(project, '.venv', 'bin', 'python');
  const given = (name: string) => options.some((each) => each === name || each.startsWith(`${name}=`));
  const defaults = [
    ...(given('--logdir') ? [] : ['--logdir', 'results']),
    ...(given('--host') || given('--bind_all') ? [] : ['--host', 'localhost']),
  ];
  return inForeground([python, '-m', 'tensorboard.main', ...defaults, ...options]);
}
