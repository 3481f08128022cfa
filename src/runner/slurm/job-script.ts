import path from 'node:path';
import { LOG_FILE } from '../sweep/child-run';
import type { SlurmSettings } from './slurm-settings';

export interface JobScriptOptions {
  /** The sweep. */
  name: string;
  /** How many runs; task i of the array takes line i + 1 of `runsFile`. */
  count: number;
  /** Lists the run folders, one a line. */
  runsFile: string;
  settings: SlurmSettings;
  /** The program that runs TypeScript, and the command line's source. */
  command: readonly string[];
  /** Options of `roadseg run`. */
  flags: readonly string[];
  /** Options that only count when a task starts for the first time, not when it was put back into the queue. */
  firstFlags: readonly string[];
  root: string;
}

/** The batch script of a job array. Its process is the run itself, so that Slurm's signals reach it. */
export function jobScript(options: JobScriptOptions): string {
  const { name, count, runsFile, settings, command, flags, firstFlags, root } = options;
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
  const quoted = [...command, 'run'].map(shellQuoted).join(' ');
  return `#!/bin/bash
${given.map(([key, value]) => `#SBATCH --${key}=${directiveValue(String(value))}`).join('\n')}
#SBATCH --requeue
${settings.options.map((option) => `#SBATCH ${option}\n`).join('')}
folder=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" ${shellQuoted(runsFile)})
exec >> "$folder/${LOG_FILE}" 2>&1
${preamble.trimEnd()}
# TensorFlow takes all cores of the machine unless it is told.
if [ -n "$SLURM_CPUS_PER_TASK" ]; then
  export TF_NUM_INTRAOP_THREADS=\${TF_NUM_INTRAOP_THREADS:-$SLURM_CPUS_PER_TASK} OMP_NUM_THREADS=\${OMP_NUM_THREADS:-$SLURM_CPUS_PER_TASK}
fi
first=(${firstFlags.map(shellQuoted).join(' ')})
[ "\${SLURM_RESTART_COUNT:-0}" = 0 ] || first=()
exec ${quoted} "$folder/experiment.yaml" ${flags.map(shellQuoted).join(' ')} "\${first[@]}"
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
