import type { PlannedRun, SweepPlan } from '../../experiment/sweep/plan';
import { durationText } from '../../human-units';
import { secondsOf, situationOf } from '../../runner/runs/situation';
import type { SweepJob } from '../../runner/sweep/job-process';
import { countsLine, type SweepRow } from '../../runner/sweep/sweep-view';

/** How a sweep ended, with every failure; empty when there is no more to say than the table said. */
export function sweepSummary(rows: readonly SweepRow[]): string {
  const lines = rows
    .filter(({ state }) => state !== 'finished')
    .flatMap(({ label, folder, state, problem = '' }) => [
      `\n${state}: ${label}\n  ${folder}`,
      ...problem.split('\n').map((line) => `  ${line}`),
    ]);
  return [countsLine(rows), ...lines.filter((line) => line.trim() !== '')].join('\n');
}

/** For scripts. */
export function sweepJson(plan: SweepPlan, rows: readonly SweepRow[]): string {
  const runs = rows.map(({ label, folder, state, seconds, problem }) => {
    const { values, loaded, needs, wanted } = plan.runs.find((run) => run.loaded.folder === folder)!;
    return { label, experiment: loaded.path, values, folder, needs, wanted, state, seconds, problem };
  });
  return JSON.stringify({ sweep: plan.path, runs }, null, 2);
}

/**
 * The runs of a sweep as they stand, for `--dry-run`.
 *
 * @param jobs those of the plan's runs, which say what has finished with the notebooks and settings of today
 */
export function planRows(jobs: readonly SweepJob[]): SweepRow[] {
  return jobs.map(({ label, folder, finished }) => {
    const situation = situationOf(folder);
    const { state, status } = situation;
    const told = state === 'failed' || state === 'interrupted' || state === 'running' ? state : 'waiting';
    const seconds = secondsOf(situation);
    return { label, folder, state: finished ? 'finished' : told, status, seconds, problem: situation.record?.error };
  });
}

/** Label, state and folder of every run, and how many there are. */
export function planTable(plan: SweepPlan, rows: readonly SweepRow[]): string {
  const width = Math.max(...rows.map(({ label }) => label.length));
  const lines = rows.map(({ label, folder, state, seconds }) => {
    const time = seconds === undefined ? '' : ` (${durationText(seconds)})`;
    return `${label.padEnd(width)}  ${state.padEnd(11)}  ${folder}${time}`;
  });
  const extra = plan.runs.filter(({ wanted }: PlannedRun) => !wanted).length;
  const needed = extra > 0 ? `, ${extra} of them because others build on ${extra === 1 ? 'it' : 'them'}` : '';
  return [...lines, `\n${rows.length} runs${needed}; ${countsLine(rows)}`].join('\n');
}
