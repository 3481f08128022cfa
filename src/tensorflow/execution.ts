import { z } from 'zod';

/**
 * How a model is computed, wherever it is: in training, evaluation and prediction. None of it changes what is computed, but
 * each but `recompute` changes how results are rounded. Loads no TensorFlow, so that experiments can be read without it.
 */
export const executionSchema = z.strictObject({
  /** Run training steps and predictions as one TensorFlow graph each; false runs them operation by operation, at half the speed or less. */
  compile: z.boolean().default(true),
  /** Time ways to compute convolutions once on this machine and take the fastest; false takes TensorFlow's own. */
  autotune: z.boolean().default(true),
  /**
   * The number format of convolutions and what lies between them; weights, optimizer, loss, statistics and sums are float32
   * always. `bfloat16` rounds to 8 significant bits and takes about half the time on a processor with AVX512_BF16 or AMX,
   * longer on others. `auto` times both for each model and picture size once on this machine, takes bfloat16 where it is
   * clearly faster, and records what it took.
   */
  precision: z.enum(['float32', 'bfloat16', 'auto']).default('float32'),
  /**
   * Compute what rectifiers behind batch normalisation give again for the gradients, instead of keeping it: less memory in
   * training, the more the larger batch and pictures are, for a little time and the same digits.
   */
  recompute: z.boolean().default(false),
});

export type Execution = z.infer<typeof executionSchema>;
