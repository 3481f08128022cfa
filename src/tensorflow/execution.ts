import { z } from 'zod';

/**
 * How a model is computed, wherever it is: in training, evaluation and prediction. None of it changes what is computed, but
 * each changes how results are rounded. Loads no TensorFlow, so that experiments can be read without it.
 */
export const executionSchema = z.strictObject({
  /** Run training steps and predictions as one TensorFlow graph each; false runs them operation by operation, at half the speed or less. */
  compile: z.boolean().default(true),
  /** Time the ways to compute each convolution once on this machine and take the fastest; false takes TensorFlow's own. */
  autotune: z.boolean().default(true),
});

export type Execution = z.infer<typeof executionSchema>;
