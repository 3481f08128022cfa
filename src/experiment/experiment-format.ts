import type { ConfigurationFormat } from '../configuration/configuration-format';
import { type Experiment, experimentSchema } from './schema';

/** How experiments are written. A variant that kept its parent's folder would write over its results. */
export const EXPERIMENT_FORMAT: ConfigurationFormat<Experiment> = {
  schema: experimentSchema,
  remedy: 'Correct it; every key, its range and its default stand in src/experiment/schema.ts.',
  renamedKeys: {
    'training.compile': 'execution.compile',
    'training.autotune': 'execution.autotune',
  },
  ownKeys: ['name', 'description', 'folder'],
};
