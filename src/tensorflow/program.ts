/**
 * The `tf.function` that TensorFlow.js lacks: functions of tensors and variables compiled into one TensorFlow graph and
 * run in one call each.
 *
 *     const program = createProgram({ compile: true, autotune: true });
 *     const step = program.trainingStep({ optimizer, variables, loss: (images, classes) => crossEntropy(model(images), classes) });
 *     const predict = program.function((images) => [model(images)]);
 *     step.run([images, classes], 0.001);     // the loss; weights and the optimizer's slots stay in TensorFlow
 *     predict.run([images]);                  // sees the weights as they are after that step
 *     program.pull();                         // ... and so do the model's own variables from here on
 *     program.dispose();
 *
 * What a function may do: use any operation of TensorFlow.js whose output shape follows from its input shapes, read
 * variables, assign them (batch normalisation's running statistics). What it may not: look at a tensor's values, draw
 * random numbers, wait for anything. The error then names the operation.
 */
import { ConfigurationError } from '../errors';
import { Autotuner } from './autotune';
import { CompiledProgram } from './compiled-program';
import { EagerProgram } from './eager-program';
import type { Execution } from './execution';
import { PrecisionTuner } from './precision-choice';
import type { Program } from './program-interface';
import { TuningCache } from './tuning-cache';

export type * from './program-interface';

/**
 * @param execution an experiment's, everywhere it computes: nothing here has a default
 * @throws ConfigurationError for bfloat16 without compiling
 */
export function createProgram({ compile, autotune, precision, recompute }: Execution): Program {
  if (!compile && precision === 'bfloat16')
    throw new ConfigurationError(
      'execution.precision: bfloat16 is for compiled programs, and execution.compile is false',
      'set execution.compile: true, or execution.precision: float32',
    );
  if (!compile) return new EagerProgram();
  const cache = new TuningCache();
  return new CompiledProgram({
    forms: autotune ? new Autotuner(cache) : null,
    precision: precision === 'auto' ? new PrecisionTuner(cache) : precision,
    recompute,
  });
}
