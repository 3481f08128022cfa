import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { writeFile } from '../../files/write-file';
import { type JobScriptOptions, jobScript } from './job-script';
import { type QueuedTask, queuedTasks } from './slurm-client';

/**
 * What was submitted lies in `results/.slurm/<sweep>/<submission>/`: the batch script, and the run folders of its tasks,
 * one per line. Slurm's queue names the script, and so leads back to the runs; nothing else needs to be remembered.
 */
const FOLDER = path.join('results', '.slurm');
const [SCRIPT, RUNS] = ['job.sh', 'runs.txt'];

export interface SubmissionOptions extends Pick<JobScriptOptions, 'name' | 'settings' | 'process' | 'threadVariables'> {
  /** Run folders, relative to the project folder. */
  folders: readonly string[];
}

/** Writes a batch script and what it needs; returns its path. */
export function writeSubmission(options: SubmissionOptions, root = process.cwd()): string {
  const { folders, ...others } = options;
  const time = new Date().toISOString().replace(/[-:]/g, '').slice(0, 15);
  let folder = path.join(root, FOLDER, options.name, time);
  for (let count = 2; existsSync(folder); count++) folder = path.join(root, FOLDER, options.name, `${time}-${count}`);
  mkdirSync(folder, { recursive: true });
  const runsFile = path.join(folder, RUNS);
  writeFile(runsFile, folders.map((each) => `${each}\n`).join(''));
  writeFile(path.join(folder, SCRIPT), jobScript({ ...others, count: folders.length, runsFile, root }));
  return path.join(folder, SCRIPT);
}

/** Tasks in the queue by the run folder that they work on, of this project. @throws RunnerError when Slurm does not answer */
export async function tasksByFolder(root = process.cwd()): Promise<Map<string, QueuedTask>> {
  const known = new Map<string, string[]>();
  const foldersOf = (script: string) => {
    const file = path.join(path.dirname(script), RUNS);
    if (!known.has(script)) known.set(script, existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
    return known.get(script)!;
  };
  const own = (await queuedTasks()).filter(({ script }) => script.startsWith(path.join(root, FOLDER) + path.sep));
  return new Map(
    own.flatMap((task): [string, QueuedTask][] => {
      const folder = foldersOf(task.script)[task.index];
      return folder === undefined ? [] : [[folder, task]];
    }),
  );
}

/** Run folders that are in the queue, where there is a queue. */
export async function queuedFolders(root = process.cwd()): Promise<Set<string>> {
  if (!existsSync(path.join(root, FOLDER)) || !Bun.which('squeue')) return new Set();
  return new Set((await tasksByFolder(root)).keys());
}

/** What a task said before its run began, such as an error of the preamble. */
export function taskLog(task: QueuedTask | undefined): string {
  const file = task && path.join(path.dirname(task.script), `task-${task.index}.log`);
  return file && existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}
