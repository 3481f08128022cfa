import { z } from 'zod';
import { seed } from '../configuration/numbers';
import { classSet } from '../data/classes';
import { dataOptions } from '../data/data-options';
import { evaluationOptions } from '../evaluation/evaluation-options';
import { staysInProject } from '../files/project-path';
import { modelOptions } from '../model/model-options';
import { executionSchema } from '../tensorflow/execution';
import { trainingOptionsSchema } from '../training/training-options';

/**
 * What an experiment's YAML may say. Defaults are the published regime (Cityscapes, 256x256, batch 32, 20 epochs,
 * Adam 0.001 x 0.95 per epoch), so that a file states only what differs. Every object is strict: an unknown key is an
 * error.
 */

/** A model of a comparison: a run, or several that differ in their seed alone and are averaged. */
const comparedModel = z.strictObject({
  label: z.string().min(1),
  /** The YAML of an experiment, or the folder of a run; or a list of them. */
  run: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** The experiment is run once with each of these seeds; its own when absent. A resolved experiment lists the runs instead. */
  seeds: z.array(seed).min(1).optional(),
});

/** Models set side by side by the comparison notebook, in this order. */
const comparison = z.strictObject({
  title: z.string().min(1),
  runs: z.array(comparedModel).min(1),
});

const experimentSettings = z.strictObject({
  /** Names the run folder; by default the file's path below `experiments/`, joined by dashes. */
  name: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
  description: z.string().default(''),
  /** Folder of the results; by default `results/<name>-<hash of what decides on the training>`. */
  folder: z.string().min(1).nullable().default(null),
  task: z.enum(['segmentation', 'classification']).default('segmentation'),
  seed: seed.default(1),
  /** Notebooks the runner executes, in this order. */
  notebooks: z.array(z.string().endsWith('.ipynb').refine(staysInProject, 'a path inside the project')).min(1),
  data: dataOptions.prefault({}),
  model: modelOptions.prefault({}),
  training: trainingOptionsSchema.prefault({}),
  execution: executionSchema.prefault({}),
  evaluation: evaluationOptions.prefault({}),
  comparison: comparison.nullable().default(null),
});

export const experimentSchema = experimentSettings.superRefine(
  ({ task, data, model, training, execution }, context) => {
    if (!execution.compile && execution.precision === 'bfloat16')
      context.addIssue({
        code: 'custom',
        path: ['execution', 'precision'],
        message: 'float32, since execution.compile is false and only compiled graphs compute in bfloat16',
      });
    if (task === 'segmentation') {
      const { length } = classSet(data.classes).classes;
      training.loss.forEach((term, index) => {
        if ('weights' in term && Array.isArray(term.weights) && term.weights.length !== length)
          context.addIssue({
            code: 'custom',
            path: ['training', 'loss', index, 'weights'],
            message: `${length} numbers, one for each class in their order`,
          });
      });
    }
    // Five times halved, 32 pixels are a single one. That an epoch's last batch is of one is found where samples are counted.
    const single = data.size === 32 && training.batchSize === 1 && model.batchNorm && task === 'segmentation';
    if (single)
      context.addIssue({
        code: 'custom',
        path: ['training', 'batchSize'],
        message:
          'a number of at least 2 at data.size 32, where batch normalisation of the bottleneck else has one value per channel (or model.batchNorm: false)',
      });
  },
);

export type Experiment = z.infer<typeof experimentSchema>;
