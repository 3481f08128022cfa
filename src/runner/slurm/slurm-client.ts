import { RunnerError } from '../errors';

/** A task of an array that Slurm has in its queue, waiting, running or ending. */
export interface QueuedTask {
  /** `<array job>_<index>`, as scancel and --dependency take it. */
  id: string;
  index: number;
  /** `PENDING`, `RUNNING`, `COMPLETING`, … */
  state: string;
  /** Why it waits, such as `Resources` or `Dependency`. */
  reason: string;
  /** Path of the batch script. */
  script: string;
}

/** This person's array tasks in the queue. @throws RunnerError when Slurm does not answer */
export async function queuedTasks(): Promise<QueuedTask[]> {
  const text = await slurm(['squeue', '--me', '--noheader', '--array', '--format=%F|%K|%T|%r|%o']);
  return text.split('\n').flatMap((line) => {
    const [, job, index, state, reason, script] = /^(\d+)\|(\d+)\|(\w+)\|([^|]*)\|(.*)$/.exec(line.trim()) ?? [];
    return job === undefined ? [] : [{ id: `${job}_${index}`, index: Number(index), state, reason, script }];
  });
}

/**
 * @param after ids of tasks that have to succeed first; if one fails, Slurm takes the job out of the queue
 * @returns the number of the array job
 */
export async function submit(script: string, after: readonly string[]): Promise<string> {
  const dependency = after.length > 0 ? [`--dependency=afterok:${after.join(':')}`, '--kill-on-invalid-dep=yes'] : [];
  const text = await slurm(['sbatch', '--parsable', ...dependency, script]);
  return text.trim().split(';')[0];
}

export async function cancel(ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await slurm(['scancel', ...ids]);
}

async function slurm([program, ...args]: string[]): Promise<string> {
  if (!Bun.which(program)) {
    const remedy = 'Log in to a machine of a Slurm cluster, or leave out --slurm.';
    throw new RunnerError(`${program} is not installed here`, remedy);
  }
  const child = Bun.spawn([program, ...args], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) === 0) return output;
  throw new RunnerError(`${program} failed: ${errors.trim()}`, 'See to it, then give the same command again.');
}
