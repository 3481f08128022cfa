import path from 'node:path';
import { type JobProcess, LOG_FILE } from '../sweep/job-process';
import type { SlurmSettings } from './slurm-settings';

export interface JobScriptOptions {
  /** The sweep. */
  name: string;
  /** How many runs; task i of the array takes line i + 1 of `runsFile`. */
  count: number;
  /** Lists the run folders, one per line. */
  runsFile: string;
  settings: SlurmSettings;
  process: JobProcess;
  /** Variables that tell a task how many threads to use, where the cluster gives it so many cores. */
  threadVariables?: readonly string[];
  root: string;
}

/** The batch script of a job array. Its process is the run itself, so that Slurm's signals reach it. */
export function jobScript(options: JobScriptOptions): string {
  const { name, count, runsFile, settings, process, threadVariables = [], root } = options;
  const { program, file, flags = [], firstFlags = [] } = process;
  const { partition, time, cpus, memory, gres, concurrent, preamble } = settings;
  const directives = {
    'job-name': `roadseg-${name}`,
    array: `0-${count - 1}${concurrent ? `%${concurrent}` : ''}`,
    chdir: root,
    output: path.join(path.dirname(runsFile), 'task-%a.log'),
    'open-mode': 'append',
    partition,
    time,
    'cpus-per-task': cpus,
    mem: memory,
    gres,
  };
  const given = Object.entries(directives).filter(([, value]) => value !== null);
  const words = (texts: readonly string[]) => texts.map(shellQuoted).join(' ');
  const threads = threadVariables.map((variable) => `  export ${variable}=\${${variable}:-$SLURM_CPUS_PER_TASK}\n`);
  return `#!/bin/bash
${given.map(([key, value]) => `#SBATCH --${key}=${directiveValue(String(value))}`).join('\n')}
#SBATCH --requeue
${settings.options.map((option) => `#SBATCH ${option}\n`).join('')}
folder=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${shellQuoted(runsFile)})
exec >> "$folder/${LOG_FILE}" 2>&1
${preamble.trimEnd()}
# Programs take all cores of the machine unless they are told.
if [ -n "$SLURM_CPUS_PER_TASK" ]; then
  :
${threads.join('')}fi
first=(${words(firstFlags)})
[ "\${SLURM_RESTART_COUNT:-0}" = 0 ] || first=()
exec ${words(program)} "$folder"/${shellQuoted(file)} ${words(flags)} "\${first[@]}"
`;
}

/** The text as one word of the shell. */
export function shellQuoted(text: string): string {
  return /^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** sbatch splits its directives at blanks, and knows double quotes. */
function directiveValue(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}
