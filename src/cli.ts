/** Commands and flags; everything else is in the folders below. Runs under Bun. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from '../package.json';
import { RunError, UserError } from './errors';
import { describeExperiment } from './experiment/describe';
import { loadExperiment } from './experiment/load';
import { isExperimentPath } from './experiment/project-path';
import { checkExperiments, checkNotebooks } from './runner/check';
import { formatProblem } from './runner/check-problem';
import { doctor, formatDoctorReport } from './runner/doctor';
import { RunnerError } from './runner/errors';
import { startLab } from './runner/lab';
import { runExperiment } from './runner/run-experiment';
import { runNotebookFile } from './runner/run-notebook-file';
import { inTensorFlowEnvironment } from './runner/tensorflow-environment';

const DEFAULT_REPORT = 'experiments/synthetic/report.yaml';

interface RunFlags {
  set: string[];
  parameter: string[];
  output?: string;
  force?: boolean;
  fresh?: boolean;
  html: boolean;
  timeout?: number;
  printConfig?: boolean;
}

interface PredictFlags {
  run: string;
  overlay?: boolean;
  format?: 'cityscapes';
  out?: string;
}

const program = new Command('roadseg')
  .description('Road-scene segmentation experiments in TypeScript notebooks')
  .version(version)
  .option('--debug', 'show stack traces of errors');

const collect = (value: string, previous: string[]) => [...previous, value];

program
  .command('run')
  .description("run an experiment's notebooks, after those of the experiments it builds on; or any one notebook")
  .argument('<file>', 'a YAML file below experiments/, or a notebook')
  .option('--set <key=value>', 'override a value, such as training.epochs=3; may be repeated', collect, [])
  .option('-p, --parameter <name=value>', 'set a parameter of a notebook; may be repeated', collect, [])
  .option('-o, --output <folder>', 'where a notebook goes when executed; by default results/<its name>')
  .option('--force', 'run notebooks again that have finished; a training that is complete is not repeated')
  .option('--fresh', 'empty the run folders first, and begin at the beginning')
  .option('--timeout <seconds>', 'end a cell that takes longer', positive)
  .option('--no-html', 'do not write executed notebooks as HTML too')
  .option('--print-config', 'show the resolved experiment and where each value comes from, and run nothing')
  .addHelpText(
    'after',
    example(
      'run experiments/camvid/base.yaml --set data.root=DIR --set training.epochs=3',
      'run notebooks/02-model.ipynb -p experiment=experiments/camvid/base.yaml',
    ),
  )
  .action(async (file: string, flags: RunFlags) => {
    const { set, parameter, output, force, fresh, timeout: timeoutSeconds, html, printConfig } = flags;
    if (file.endsWith('.ipynb')) {
      refuse(
        file,
        { set: set.length > 0, 'print-config': printConfig, force, fresh },
        'a notebook takes -p name=value',
      );
      await runNotebookFile(file, { parameters: parameter, output, timeoutSeconds, html });
      return;
    }
    refuse(file, { parameter: parameter.length > 0, output }, 'an experiment takes --set key=value');
    if (printConfig) console.log(describeExperiment(loadExperiment(file, { set })));
    else await runExperiment(file, { set, force, fresh, timeoutSeconds, html });
  });

program
  .command('reproduce')
  .description('make the default report: pre-training, base, pre-trained, comparison')
  .option('--force', 'run notebooks again that have finished; trainings that are complete are not repeated')
  .option('--fresh', 'empty the run folders first, and begin at the beginning')
  .addHelpText('after', example('reproduce'))
  .action(async ({ force, fresh }: Pick<RunFlags, 'force' | 'fresh'>) => {
    const folder = await runExperiment(DEFAULT_REPORT, { force, fresh });
    console.log(`\n${await Bun.file(`${folder}/metrics.md`).text()}\nThe report: ${folder}/index.html`);
  });

program
  .command('predict')
  .description('predict the groups of pictures, each in its own size')
  .argument('<pictures>', 'a picture, or a folder of pictures')
  .requiredOption('--run <run>', "an experiment's YAML, or the folder of a run or of a checkpoint")
  .addOption(new Option('--mask', 'write each group in its colour (default)').conflicts(['overlay', 'format']))
  .addOption(new Option('--overlay', 'write that laid over the picture').conflicts('format'))
  .addOption(
    new Option('--format <format>', 'write label ids, as cityscapesScripts wants them').choices(['cityscapes']),
  )
  .option('--out <folder>', "where the predictions go; by default predictions/ in the run's folder")
  .addHelpText('after', example('predict street.png --run experiments/synthetic/base.yaml --overlay'))
  .action((pictures: string, { run, overlay, format, out }: PredictFlags) =>
    inTensorFlowEnvironment(async () => {
      const folder = isExperimentPath(run) ? loadExperiment(run).folder : run;
      const { predictPictures } = await import('./report/predict-pictures');
      await predictPictures(pictures, folder, {
        format: format ?? (overlay ? 'overlay' : 'mask'),
        out: out ?? `${folder}/predictions`,
        onPicture: (done, total, file) => console.log(`${done}/${total} ${file}`),
      });
    }),
  );

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

function example(...commands: string[]): string {
  const lines = commands.map((command) => `\n  bun run roadseg ${command}`);
  return `\n${lines.length > 1 ? 'Examples' : 'Example'}:${lines.join('')}`;
}

/** An option's value that is a number above 0. */
function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('expected a number above 0');
  return value;
}

/** @throws RunError when an option is given that means nothing for the file */
function refuse(file: string, options: Record<string, unknown>, remedy: string): void {
  const [name] = Object.entries(options).find(([, given]) => given) ?? [];
  if (name) throw new RunError(`--${name} means nothing for ${file}`, remedy);
}

function files(pattern: string): string[] {
  return [...new Bun.Glob(pattern).scanSync('.')].sort();
}
