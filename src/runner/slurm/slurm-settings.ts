import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { validate } from '../../configuration/validation';
import { parseYaml } from '../../configuration/yaml-source';

/** What `experiments/slurm.yaml` may say. What is left out is left to the cluster. */
const slurmSchema = z.strictObject({
  partition: z.string().min(1).nullable().default(null),
  /** Time limit of a run, as sbatch takes it: minutes, or such as `8:00:00` or `1-12:00`. */
  time: z
    .union([z.number().int().positive(), z.string().min(1)])
    .nullable()
    .default(null),
  /** Cores of a run, which are also TensorFlow's threads. */
  cpus: z.number().int().positive().nullable().default(null),
  /** Memory of a run, such as `16G`. */
  memory: z.string().min(1).nullable().default(null),
  /** Generic resources of a run, such as `gpu:1`. */
  gres: z.string().min(1).nullable().default(null),
  /** At most so many runs at once. */
  concurrent: z.number().int().positive().nullable().default(null),
  /** Shell commands before the run, such as `module load nodejs/20`. */
  preamble: z.string().default(''),
  /** Further options of sbatch, such as `--account=vision`. */
  options: z.array(z.string().startsWith('--')).default([]),
});

export type SlurmSettings = z.infer<typeof slurmSchema>;

export const SLURM_FILE = 'experiments/slurm.yaml';

/** @throws InvalidConfigurationError naming line and column of what is wrong; without a file, everything is left to the cluster */
export function readSlurmSettings(root = process.cwd()): SlurmSettings {
  const file = path.join(root, SLURM_FILE);
  if (!existsSync(file)) return slurmSchema.parse({});
  const source = parseYaml(readFileSync(file, 'utf8'), SLURM_FILE);
  if (source.scalar === null) return slurmSchema.parse({});
  const remedy = 'Correct it; what it may say is defined in src/runner/slurm/slurm-settings.ts.';
  return validate(source, { schema: slurmSchema, remedy });
}
