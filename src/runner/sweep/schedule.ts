/** A piece of work, and what has to succeed before it. */
export interface Task {
  id: string;
  /** Ids of tasks; what is not among the tasks counts as done. */
  needs: readonly string[];
}

export type TaskOutcome = 'done' | 'failed' | 'skipped';

/**
 * Works off tasks, several at a time, each as soon as what it needs is done and in the order given. One that fails stops
 * none but those that need it, which are skipped.
 *
 * @param work resolves to whether it succeeded
 * @param signal once aborted, nothing more is started; what runs is waited for
 * @returns the outcome of every task
 */
export async function schedule<T extends Task>(
  tasks: readonly T[],
  atOnce: number,
  work: (task: T) => Promise<boolean>,
  signal?: AbortSignal,
): Promise<Map<T, TaskOutcome>> {
  const outcomes = new Map<T, TaskOutcome>();
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const running = new Map<T, Promise<void>>();
  const waiting = new Set(tasks);

  const outcomesNeeded = ({ needs }: T) => needs.flatMap((id) => (byId.has(id) ? [outcomes.get(byId.get(id)!)] : []));
  const start = (task: T) => {
    const end = work(task).then((succeeded) => {
      outcomes.set(task, succeeded ? 'done' : 'failed');
      running.delete(task);
    });
    running.set(task, end);
  };

  while (waiting.size > 0 || running.size > 0) {
    for (const task of waiting) {
      const needed = outcomesNeeded(task);
      if (signal?.aborted || needed.some((outcome) => outcome === 'failed' || outcome === 'skipped')) {
        outcomes.set(task, 'skipped');
        waiting.delete(task);
      } else if (running.size < atOnce && needed.every((outcome) => outcome === 'done')) {
        waiting.delete(task);
        start(task);
      }
    }
    if (running.size === 0 && waiting.size > 0 && ![...waiting].some((task) => outcomesNeeded(task).every((o) => o)))
      throw new Error(`these need each other: ${[...waiting].map(({ id }) => id).join(', ')}`);
    await Promise.race([...running.values(), ...(running.size === 0 ? [Promise.resolve()] : [])]);
  }
  return outcomes;
}
