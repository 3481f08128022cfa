import { type Execution, executionSchema } from './execution';
import { createProgram, type Program } from './program';
import type { tf } from './tensorflow';

/** A function that runs as one TensorFlow graph for each combination of input shapes, a program by itself. */
export interface CompiledCall<Result extends tf.Tensor | tf.Tensor[]>
  extends Pick<Program, 'pull' | 'push' | 'dispose'> {
  (...inputs: tf.Tensor[]): Result;
}

/**
 * The `tf.function` that TensorFlow.js lacks: records a function operation by operation at its first call with inputs of some
 * shapes, and runs it as one graph from then on. It may read and assign variables and take gradients (`tf.variableGrads`); it
 * may not look at a tensor's values, draw random numbers or wait.
 *
 *     const step = compile((x, y) => {
 *       const { value, grads } = tf.variableGrads(() => loss(model(x), y));
 *       for (const each of variables) each.assign(each.sub(grads[each.name].mul(0.1)));
 *       return value;
 *     });
 *
 * @param options with `autotune`, forms of convolutions are timed once on this machine and kept in `.cache/autotune`
 * @returns a function of the same inputs; its results are owned by the tidy around the call
 * @throws CompilationError, at the first call, that names the operation which cannot be recorded
 */
export function compile<Result extends tf.Tensor | tf.Tensor[]>(
  compute: (...inputs: tf.Tensor[]) => Result,
  options: Partial<Execution> = {},
): CompiledCall<Result> {
  const program = createProgram(executionSchema.parse({ autotune: false, ...options }));
  let single = false;
  const compiled = program.function((...inputs) => {
    const result = compute(...inputs);
    single = !Array.isArray(result);
    return [result].flat() as tf.Tensor[];
  });
  const call = (...inputs: tf.Tensor[]) => {
    const results = compiled.run(inputs);
    return (single ? results[0] : results) as Result;
  };
  return Object.assign(call, {
    pull: () => program.pull(),
    push: () => program.push(),
    dispose: () => program.dispose(),
  });
}
