import { availableParallelism } from 'node:os';
import type { Command } from '@commander-js/extra-typings';
import { RunError } from '../errors';
import { describeExperiment } from '../experiment/describe';
import { loadExperiment } from '../experiment/load';
import { isSweepPath } from '../experiment/sweep/sweep-file';
import { consoleView } from '../runner/console/console-view';
import { runNotebookFile } from '../runner/notebooks/lone-notebook';
import { PROJECT_ROOT } from '../setup/project.mjs';
import { tensorflowVariant } from '../setup/python.mjs';
import { checkPlan } from './check/check-plan';
import { findRun } from './inspection/find-runs';
import { runJson, scoreLines } from './inspection/run-text';
import { collect, example, positive, refuse, verbosityOf, whole } from './options';
import { runExperiment } from './run-experiment';

const DEFAULT_REPORT = 'experiments/synthetic/report.yaml';

/** `run` and `reproduce`. */
export function addRunningCommands(program: Command): void {
  program
    .command('run')
    .description("run an experiment's notebooks, after those of the experiments it builds on; or any one notebook")
    .argument('<file>', 'a YAML file below experiments/, or a notebook')
    .option('--set <key=value>', 'override a value, such as training.epochs=3; may be repeated', collect, [])
    .option('-p, --parameter <name=value>', 'set a parameter of a notebook; may be repeated', collect, [])
    .option('-o, --output <folder>', 'where a notebook goes when executed; by default results/<its name>')
    .option('--force', 'run notebooks again that have finished; a training that is complete is not repeated')
    .option('--fresh', 'empty the run folders first, and begin at the beginning')
    .option('--jobs <number>', 'so many experiments side by side, by default one; they share the threads', whole)
    .option('--timeout <seconds>', 'end a cell that takes longer', positive)
    .option('--no-html', 'do not write executed notebooks as HTML too')
    .option('--print-config', 'show the resolved experiment and where each value comes from, and run nothing')
    .option('--json', 'print the run as JSON; what happens meanwhile goes to standard error')
    .addHelpText(
      'after',
      example(
        'run experiments/camvid/base.yaml --set data.root=DIR --set training.epochs=3',
        'run notebooks/02-model.ipynb -p experiment=experiments/camvid/base.yaml',
      ),
    )
    .action(async (file, flags, command) => {
      const { set, parameter, output, force, fresh, jobs, timeout: timeoutSeconds, html, printConfig, json } = flags;
      const verbosity = verbosityOf(command);
      const view = consoleView({ out: json || verbosity === 'quiet' ? process.stderr : process.stdout, verbosity });
      const tell = (folder: string) => {
        if (json) console.log(JSON.stringify(runJson(findRun(folder)), null, 2));
        else if (verbosity === 'quiet') console.log(folder);
        else console.log(['', ...scoreLines(folder), `results in ${folder}`].join('\n'));
      };
      if (file.endsWith('.ipynb')) {
        refuse(
          file,
          { set: set.length > 0, 'print-config': printConfig, force, fresh, jobs: Boolean(jobs) },
          'a notebook takes -p name=value',
        );
        tell((await runNotebookFile(file, { parameters: parameter, output, timeoutSeconds, html, view })).folder);
        return;
      }
      if (isSweepPath(file)) throw new RunError(`${file} describes a sweep`, `bun run roadseg sweep ${file}`);
      refuse(file, { parameter: parameter.length > 0, output }, 'an experiment takes --set key=value');
      if (printConfig) console.log(describeExperiment(loadExperiment(file, { set })));
      else tell(await runExperiment(file, { set, force, fresh, jobs, timeoutSeconds, html, view, check: checkPlan }));
    });

  program
    .command('reproduce')
    .description('make the default report: pre-training, base, pre-trained, comparison')
    .option('--force', 'run notebooks again that have finished; trainings that are complete are not repeated')
    .option('--fresh', 'empty the run folders first, and begin at the beginning')
    .option('--jobs <number>', 'so many experiments side by side, by default two; with CUDA one', whole)
    .addHelpText('after', example('reproduce'))
    .action(async ({ force, fresh, jobs = jobsByDefault() }, command) => {
      const view = consoleView({ verbosity: verbosityOf(command) });
      const folder = await runExperiment(DEFAULT_REPORT, { force, fresh, jobs, view, check: checkPlan });
      console.log(`\n${await Bun.file(`${folder}/metrics.md`).text()}\nThe report: ${folder}/index.html`);
    });
}

/** Models as small as the report's gain little from a second thread, and a GPU's memory is for one. */
function jobsByDefault(): number {
  return tensorflowVariant({ root: PROJECT_ROOT, env: process.env }) === 'cpu'
    ? Math.min(2, availableParallelism())
    : 1;
}
