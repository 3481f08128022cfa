import path from 'node:path';
import { openLoadedRun } from '../../experiment/run-folder';
import type { SweepPlan } from '../../experiment/sweep/plan';
import type { JobProcess, SweepJob } from '../../runner/sweep/job-process';
import { PROJECT_ROOT } from '../../setup/project.mjs';
import { type RunExperimentOptions, unfinished } from '../run-experiment';

/**
 * The runs of a sweep as jobs for the runner, after a look at all that have something left to be done.
 *
 * @throws what the check throws
 */
export async function sweepJobs(
  plan: SweepPlan,
  { check, ...options }: Pick<RunExperimentOptions, 'check' | 'force' | 'fresh'> = {},
): Promise<SweepJob[]> {
  const all = plan.runs.map(({ loaded }) => loaded);
  const due = await unfinished(all, options);
  await check?.(due, all);
  return plan.runs.map(({ label, loaded, needs }) => ({
    label,
    folder: loaded.folder,
    needs,
    finished: !due.includes(loaded),
    prepare() {
      openLoadedRun(loaded);
    },
  }));
}

export interface JobFlags extends Pick<RunExperimentOptions, 'force' | 'fresh' | 'html' | 'timeoutSeconds'> {
  /** The runs' own logs say all that `roadseg run --verbose` does. */
  verbose?: boolean;
}

/** Each job is a `roadseg run` of the experiment in its folder. */
export function runProcess({ force, fresh, timeoutSeconds, html = true, verbose }: JobFlags): JobProcess {
  return {
    program: [process.execPath, path.join(PROJECT_ROOT, 'src', 'cli.ts'), 'run'],
    file: 'experiment.yaml',
    flags: [
      ...(timeoutSeconds === undefined ? [] : ['--timeout', String(timeoutSeconds)]),
      ...(html ? [] : ['--no-html']),
      ...(verbose ? ['--verbose'] : []),
    ],
    firstFlags: [...(force ? ['--force'] : []), ...(fresh ? ['--fresh'] : [])],
  };
}
