import type { Command } from '@commander-js/extra-typings';
import { RunError } from '../errors';
import { planSweep } from '../experiment/sweep/plan';
import { isSweepPath } from '../experiment/sweep/sweep-file';
import { readSlurmSettings } from '../runner/slurm/slurm-settings';
import { cancelSlurmJobs, runSlurmSweep } from '../runner/slurm/slurm-sweep';
import { runSweep } from '../runner/sweep/local-sweep';
import { silentSweepView, sweepView } from '../runner/sweep/sweep-view';
import { sharedThreads, THREADS_WITHIN } from '../tensorflow/environment';
import { checkPlan } from './check/check-plan';
import { collect, example, positive, refuse, verbosityOf, whole } from './options';
import { runProcess, sweepJobs } from './sweep/sweep-jobs';
import { planRows, planTable, sweepJson, sweepSummary } from './sweep/sweep-report';

/** `sweep`: many runs, here or on a cluster. */
export function addSweepCommand(program: Command): void {
  program
    .command('sweep')
    .description('run an experiment with many settings: a grid, lists taken together, seeds')
    .argument('<file>', 'a YAML file below experiments/sweeps/')
    .option('--dry-run', 'list the runs and how they stand, and run nothing')
    .option(
      '--jobs <number>',
      'so many runs side by side, by default one; they share the threads of the machine',
      whole,
    )
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
    .action(async (file, flags, command) => {
      const { set, dryRun, json } = flags;
      if (!isSweepPath(file))
        throw new RunError(`${file} describes no sweep: those lie in a folder sweeps/`, `bun run roadseg run ${file}`);
      const plan = planSweep(file, { set });
      if (dryRun) {
        const rows = planRows(await sweepJobs(plan));
        console.log(json ? sweepJson(plan, rows) : planTable(plan, rows));
        return;
      }
      const { jobs, slurm, follow, cancel, force, fresh, timeout: timeoutSeconds, html } = flags;
      if (!slurm) refuse('runs on this machine', { cancel, 'no-follow': !follow }, 'it goes with --slurm');
      if (cancel) {
        console.log(`${await cancelSlurmJobs(plan.runs.map(({ loaded }) => loaded.folder))} runs cancelled`);
        return;
      }
      const verbosity = verbosityOf(command);
      const view = verbosity === 'quiet' ? silentSweepView : sweepView(json ? process.stderr : process.stdout);
      const settings = slurm && { ...readSlurmSettings(), ...(jobs && { concurrent: jobs }) };
      const jobProcess = runProcess({ force, fresh, timeoutSeconds, html, verbose: verbosity === 'verbose' });
      const all = await sweepJobs(plan, { check: checkPlan, force, fresh });
      const due = all.filter(({ finished }) => !finished).length;
      const rows = settings
        ? await runSlurmSweep(all, {
            name: plan.name,
            settings,
            process: jobProcess,
            threadVariables: THREADS_WITHIN,
            follow,
            view,
          })
        : await runSweep(all, {
            process: jobProcess,
            atOnce: jobs,
            environment: sharedThreads(Math.min(jobs ?? 1, due)),
            view,
          });
      console.log(json ? sweepJson(plan, rows) : `\n${sweepSummary(rows)}`);
      if (follow && rows.some(({ state }) => state !== 'finished')) process.exitCode = 1;
    });
}
