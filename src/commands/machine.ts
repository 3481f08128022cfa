import type { Command } from '@commander-js/extra-typings';
import { startLab } from '../runner/jupyter/lab';
import { checkExperiments, checkNotebooks, formatProblem, trackedFiles } from './check/check';
import { doctor, formatDoctorReport } from './doctor';
import { example, verbosityOf } from './options';

/** `lab`, `check` and `doctor`: the project on this machine. */
export function addMachineCommands(program: Command): void {
  program
    .command('lab')
    .description('open the notebooks in JupyterLab')
    .allowUnknownOption()
    .argument('[options...]', 'passed on to JupyterLab, such as --no-browser')
    .addHelpText('after', example('lab --no-browser'))
    .action(async (options) => {
      process.exitCode = await startLab(options);
    });

  program
    .command('check')
    .description('type-check every notebook and validate every experiment, and run nothing')
    .option('--json', 'print the problems as JSON')
    .addHelpText('after', example('check'))
    .action(async ({ json }, command) => {
      const [notebooks, experiments] = [notebookFiles(), files('experiments/**/*.yaml')];
      const problems = [...(await checkNotebooks(notebooks)), ...(await checkExperiments(experiments))];
      const quiet = verbosityOf(command) === 'quiet';
      const counts = `${notebooks.length} notebooks and ${experiments.length} experiments, ${problems.length} problems`;
      if (json) console.log(JSON.stringify({ notebooks, experiments, problems }, null, 2));
      else for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`);
      if (!json && !quiet) console.log(counts);
      if (problems.length > 0) process.exitCode = 1;
    });

  program
    .command('doctor')
    .description('show what is installed: versions, devices, oneDNN, threads')
    .option('--json', 'as JSON')
    .addHelpText('after', example('doctor'))
    .action(({ json }, command) => {
      const { report, healthy } = doctor();
      const quiet = verbosityOf(command) === 'quiet';
      if (json) console.log(JSON.stringify(report, null, 2));
      else if (!quiet) console.log(formatDoctorReport(report));
      else if (!healthy) console.log(report.missing.join('\n'));
      if (!healthy) process.exitCode = 1;
    });
}

/** Those that git tracks: what a person tries out beside them is no part of the project. */
function notebookFiles(): string[] {
  const tracked = trackedFiles('.', ['notebooks', 'docs/examples']);
  return tracked?.filter((file) => file.endsWith('.ipynb')) ?? files('notebooks/*.ipynb', 'docs/examples/*.ipynb');
}

function files(...patterns: string[]): string[] {
  return [...new Set(patterns.flatMap((pattern) => [...new Bun.Glob(pattern).scanSync('.')]))].sort();
}
