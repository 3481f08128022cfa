/** Commands and flags; everything else is in the folders below. Runs under Bun. */
import { Command } from 'commander';
import { version } from '../package.json';
import { UserError } from './errors';
import { describeExperiment } from './experiment/describe';
import { loadExperiment } from './experiment/load';
import { checkExperiments, checkNotebooks } from './runner/check';
import { formatProblem } from './runner/check-problem';
import { doctor, formatDoctorReport } from './runner/doctor';
import { RunnerError } from './runner/errors';
import { startLab } from './runner/lab';
import { runExperiment } from './runner/run-experiment';

const DEFAULT_REPORT = 'experiments/synthetic/report.yaml';

interface RunFlags {
  set: string[];
  force?: boolean;
  timeout?: number;
  printConfig?: boolean;
}

const program = new Command('roadseg')
  .description('Road-scene segmentation experiments in TypeScript notebooks')
  .version(version)
  .option('--debug', 'show stack traces of errors');

const collect = (value: string, previous: string[]) => [...previous, value];

program
  .command('run')
  .description("run an experiment's notebooks, after those of the experiments it builds on")
  .argument('<experiment>', 'a YAML file below experiments/')
  .option('--set <key=value>', 'override a value, such as training.epochs=3; may be repeated', collect, [])
  .option('--force', 'run again what has finished')
  .option('--timeout <seconds>', 'end a cell that takes longer', Number)
  .option('--print-config', 'show the resolved experiment and where each value comes from, and run nothing')
  .addHelpText('after', example('run experiments/camvid/base.yaml --set data.root=DIR --set training.epochs=3'))
  .action(async (file: string, { set, force, timeout, printConfig }: RunFlags) => {
    if (printConfig) console.log(describeExperiment(loadExperiment(file, { set })));
    else await runExperiment(file, { set, force, timeoutSeconds: timeout });
  });

program
  .command('reproduce')
  .description('make the default report: pre-training, base, pre-trained, comparison')
  .option('--force', 'run again what has finished')
  .addHelpText('after', example('reproduce'))
  .action(async ({ force }: Pick<RunFlags, 'force'>) => {
    const folder = await runExperiment(DEFAULT_REPORT, { force });
    console.log(`\n${await Bun.file(`${folder}/metrics.md`).text()}\nThe report: ${folder}/index.html`);
  });

program
  .command('lab')
  .description('open the notebooks in JupyterLab')
  .allowUnknownOption()
  .argument('[options...]', 'passed on to JupyterLab, such as --no-browser')
  .addHelpText('after', example('lab --no-browser'))
  .action(async (options: string[]) => {
    process.exitCode = await startLab(options);
  });

program
  .command('check')
  .description('type-check every notebook and validate every experiment, and run nothing')
  .addHelpText('after', example('check'))
  .action(async () => {
    const [notebooks, experiments] = [files('notebooks/*.ipynb'), files('experiments/**/*.yaml')];
    const problems = [...(await checkNotebooks(notebooks)), ...(await checkExperiments(experiments))];
    for (const problem of problems) console.error(formatProblem(problem));
    console.log(`${notebooks.length} notebooks and ${experiments.length} experiments, ${problems.length} problems`);
    if (problems.length > 0) process.exitCode = 1;
  });

program
  .command('doctor')
  .description('show what is installed: versions, devices, oneDNN, threads')
  .option('--json', 'as JSON')
  .addHelpText('after', example('doctor'))
  .action(async ({ json }: { json?: boolean }) => {
    const { report, healthy } = await doctor();
    console.log(json ? JSON.stringify(report, null, 2) : formatDoctorReport(report));
    if (!healthy) process.exitCode = 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof UserError) || program.opts().debug) console.error(error);
  else console.error(`\n${error.message}`);
  process.exitCode = error instanceof RunnerError ? error.exitCode : 1;
}

function example(command: string): string {
  return `\nExample:\n  bun run roadseg ${command}`;
}

function files(pattern: string): string[] {
  return [...new Bun.Glob(pattern).scanSync('.')].sort();
}
