/** Commands and flags; everything else is in the folders below. Runs under Bun. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from '../package.json';
import { RunError, UserError } from './errors';
import { describeExperiment } from './experiment/describe';
import { loadExperiment } from './experiment/load';
import { isExperimentPath } from './experiment/project-path';
import { planSweep } from './experiment/sweep/plan';
import { isSweepPath } from './experiment/sweep/sweep-file';
import { checkExperiments, checkNotebooks } from './runner/check';
import { formatProblem } from './runner/check-problem';
import { doctor, formatDoctorReport } from './runner/doctor';
import { RunnerError } from './runner/errors';
import { startLab } from './runner/lab';
import { runExperiment } from './runner/run-experiment';
import { runNotebookFile } from './runner/run-notebook-file';
import { deletableRuns, deleteRun, sizeOf, sizeText } from './runner/runs/clean-runs';
import { findRun, listRuns, runsOf, usedFolders } from './runner/runs/find-runs';
import { comparison, runJson, runListText, runText, writeCurves } from './runner/runs/looking-back';
import { readSlurmSettings } from './runner/slurm/slurm-settings';
import { cancelSlurmSweep, runSlurmSweep } from './runner/slurm/slurm-sweep';
import { queuedFolders } from './runner/slurm/submissions';
import { runSweep } from './runner/sweep/run-sweep';
import { planRows, planTable, sweepJson, sweepSummary } from './runner/sweep/sweep-report';
import { sweepView } from './runner/sweep/sweep-view';
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

interface SweepFlags extends Pick<RunFlags, 'set' | 'force' | 'fresh' | 'timeout' | 'html'> {
  dryRun?: boolean;
  jobs?: number;
  slurm?: boolean;
  follow: boolean;
  cancel?: boolean;
  json?: boolean;
}

interface JsonFlag {
  json?: boolean;
}

interface CompareFlags extends JsonFlag {
  csv?: boolean;
  md?: boolean;
  figure?: string;
}

interface CleanFlags extends JsonFlag {
  unused?: boolean;
  olderThan?: number;
  yes?: boolean;
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
    if (isSweepPath(file)) throw new RunError(`${file} describes a sweep`, `bun run roadseg sweep ${file}`);
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
  .command('sweep')
  .description('run an experiment with many settings: a grid, lists taken together, seeds')
  .argument('<file>', 'a YAML file below experiments/sweeps/')
  .option('--dry-run', 'list the runs and how they stand, and run nothing')
  .option('--jobs <number>', 'so many runs side by side, by default one; they share the threads of the machine', whole)
  .option(
    '--slurm',
    'submit the runs to Slurm as experiments/slurm.yaml says, and follow them; again: pick up from there',
  )
  .option('--no-follow', 'with --slurm: do not wait for the runs')
  .option('--cancel', 'with --slurm: take the runs out of the queue')
  .option('--set <key=value>', 'override a value in all runs; may be repeated', collect, [])
  .option('--force', 'run notebooks again that have finished; trainings that are complete are not repeated')
  .option('--fresh', 'empty the run folders first, and begin at the beginning')
  .option('--timeout <seconds>', 'end a cell that takes longer', positive)
  .option('--no-html', 'do not write executed notebooks as HTML too')
  .option('--json', 'print the outcome as JSON; what happens meanwhile goes to standard error')
  .addHelpText(
    'after',
    example(
      'sweep experiments/sweeps/learning-rate.yaml --jobs 2',
      'sweep experiments/sweeps/learning-rate.yaml --slurm',
    ),
  )
  .action(async (file: string, flags: SweepFlags) => {
    const { set, dryRun, json } = flags;
    const plan = planSweep(file, { set });
    if (dryRun) {
      const rows = planRows(plan);
      console.log(json ? sweepJson(plan, rows) : planTable(plan, rows));
      return;
    }
    const { jobs, slurm, follow, cancel, force, fresh, timeout: timeoutSeconds, html } = flags;
    if (!slurm) refuse('runs on this machine', { cancel, 'no-follow': !follow }, 'it goes with --slurm');
    if (cancel) {
      console.log(`${await cancelSlurmSweep(plan)} runs cancelled`);
      return;
    }
    const view = sweepView(json ? process.stderr : process.stdout);
    const options = { jobs, force, fresh, timeoutSeconds, html, view };
    const settings = () => ({ ...readSlurmSettings(), ...(jobs && { concurrent: jobs }) });
    const rows = slurm
      ? await runSlurmSweep(plan, { ...options, settings: settings(), follow })
      : await runSweep(plan, options);
    console.log(json ? sweepJson(plan, rows) : `\n${sweepSummary(rows)}`);
    if (follow && rows.some(({ state }) => state !== 'finished')) process.exitCode = 1;
  });

program
  .command('list')
  .description('the runs in results/: state, times, scores')
  .argument('[runs...]', 'only these: names, experiments or sweeps')
  .option('--json', 'as JSON')
  .addHelpText('after', example('list', 'list experiments/sweeps/learning-rate.yaml'))
  .action((wanted: string[], { json }: JsonFlag) => {
    const runs = wanted.length > 0 ? runsOf(wanted) : listRuns();
    if (json) console.log(JSON.stringify(runs.map(runJson), null, 2));
    else console.log(runs.length > 0 ? runListText(runs).trimEnd() : 'There are no runs yet.');
  });

program
  .command('show')
  .description('all about one run')
  .argument('<run>', 'its folder, the beginning or end of its name, or the experiment that makes it')
  .option('--json', 'as JSON')
  .addHelpText('after', example('show experiments/synthetic/base.yaml', 'show 9cd3cfdd'))
  .action((wanted: string, { json }: JsonFlag) => {
    const run = findRun(wanted);
    console.log(json ? JSON.stringify(runJson(run), null, 2) : runText(run).trimEnd());
  });

program
  .command('compare')
  .description('runs side by side: how their configurations differ, scores, curves')
  .argument('<runs...>', 'names, experiments or sweeps')
  .addOption(new Option('--csv', 'one line a run, full precision').conflicts(['md', 'json']))
  .addOption(new Option('--md', 'as Markdown, with the curves as a table').conflicts(['json']))
  .option('--json', 'as JSON, with every epoch')
  .option('--figure <folder>', 'also draw the validation loss, as PNG, SVG and HTML')
  .addHelpText('after', example('compare experiments/synthetic/base.yaml experiments/synthetic/pretrained.yaml'))
  .action(async (wanted: string[], { csv, md, json, figure }: CompareFlags) => {
    const runs = runsOf(wanted);
    process.stdout.write(comparison(runs, csv ? 'csv' : md ? 'md' : json ? 'json' : 'text'));
    if (figure) await writeCurves(runs, figure);
  });

program
  .command('clean')
  .description('delete runs that came to nothing: failed, interrupted, not started; never one that is running')
  .argument('[runs...]', 'exactly these runs instead, whatever their state')
  .option('--unused', 'also finished runs that no experiment or sweep below experiments/ makes any more')
  .option('--older-than <days>', 'only what has not changed for so many days', positive)
  .option('--yes', 'delete them; without it they are only listed')
  .option('--json', 'as JSON')
  .addHelpText('after', example('clean', 'clean --unused --older-than 30 --yes'))
  .action(async (wanted: string[], { unused, olderThan: olderThanDays, yes = false, json }: CleanFlags) => {
    const used = unused ? usedFolders() : undefined;
    const queued = await queuedFolders();
    const found = wanted.length > 0 ? runsOf(wanted) : deletableRuns(listRuns(), { used, olderThanDays });
    const runs = found.filter(({ folder }) => !queued.has(folder));
    const sizes = runs.map(({ folder }) => sizeOf(folder));
    if (yes) for (const { folder } of runs) deleteRun(folder);
    const all = `${runs.length} runs, ${sizeText(sizes.reduce((sum, size) => sum + size, 0))}`;
    if (json) {
      const rows = runs.map(({ name, folder, state }, index) => ({ name, folder, state, bytes: sizes[index] }));
      console.log(JSON.stringify({ deleted: yes, runs: rows }, null, 2));
      return;
    }
    for (const [index, { folder, state }] of runs.entries())
      console.log(`${folder}  ${state}  ${sizeText(sizes[index])}`);
    console.log(yes ? `${all} deleted` : `${all}; --yes deletes them`);
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

/** An option's value that is a whole number above 0. */
function whole(text: string): number {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('expected a whole number');
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
