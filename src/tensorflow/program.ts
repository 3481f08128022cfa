/**
 * The `tf.function` that TensorFlow.js lacks: functions of tensors and variables compiled into one TensorFlow graph and
 * run in one call each.
 *
 *     const program = createProgram({ compile: true, autotune: true });
 *     const step = program.trainingStep({ variables, loss: (images, classes) => crossEntropy(model(images), classes) });
 *     const predict = program.function((images) => [model(images)]);
 *     step.run([images, classes], 0.001);     // the loss; weights and Adam's slots stay in TensorFlow
 *     predict.run([images]);                  // sees the weights as they are after that step
 *     program.pull();                         // ... and so do the model's own variables from here on
 *     program.dispose();
 *
 * What a function may do: use any operation of TensorFlow.js whose output shape follows from its input shapes, read
 * variables, assign them (batch normalisation's running statistics). What it may not: look at a tensor's values, draw
 * random numbers, wait for anything. The error then names the operation.
 */
import type { AdamOptions, AdamState } from './adam';
import { Autotuner } from './autotune';
import { CompiledProgram } from './compiled-program';
import { EagerProgram } from './eager-program';
import type { Execution } from './execution';
import type { tf } from './tensorflow';

export type TensorFunction = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** Shape and type of an input, for getting a function ready before there is data. */
export interface InputSpec {
  shape: number[];
  dtype: 'float32' | 'int32' | 'bool';
}

export interface TrainingStepOptions extends AdamOptions {
  /** The variables to train. */
  variables: readonly tf.Variable[];
  /** What the learning rate is multiplied by for each of them; 1 for all by default. */
  learningRateFactors?: readonly number[];
  /** A scalar of the inputs; it may assign other variables on the way. */
  loss: (...inputs: tf.Tensor[]) => tf.Scalar;
}

/** A function of a program. Each combination of input shapes has a graph of its own, made at its first use. */
export interface ProgramFunction {
  /** Makes the graph for inputs of these shapes now. Cheaper than at the first run once the program has run. */
  prepare(inputs: readonly InputSpec[]): void;
  /** @returns what the function gives, owned by the tidy around the call. */
  run(inputs: readonly tf.Tensor[]): tf.Tensor[];
}

/** Forward pass, loss, gradients and Adam's update in one. */
export interface ProgramStep {
  prepare(inputs: readonly InputSpec[]): void;
  /** @returns the loss before the update, owned by the tidy around the call. */
  run(inputs: readonly tf.Tensor[], learningRate: number): tf.Scalar;
  /** What Adam remembers; the tensors are the caller's to dispose of. */
  state(): AdamState;
  /** Takes up where `state` was taken. The tensors stay the caller's. */
  restore(state: AdamState): void;
}

/** Functions that share variables. */
export interface Program {
  function(compute: TensorFunction): ProgramFunction;
  trainingStep(options: TrainingStepOptions): ProgramStep;
  /** How convolutions are computed where not by TensorFlow's own operation, by shape; it changes how results are rounded. */
  readonly convolutionForms: Readonly<Record<string, string>>;
  /** Gives the TensorFlow.js variables the values that the program's runs left. */
  pull(): void;
  /** Gives the program the values of the TensorFlow.js variables, after these were set from outside. */
  push(): void;
  /** Frees the graphs and their copy of the variables; the TensorFlow.js variables stay, as last pulled. */
  dispose(): void;
}

/** @param execution an experiment's, everywhere it computes: nothing here has a default */
export function createProgram({ compile, autotune }: Execution): Program {
  return compile ? new CompiledProgram(autotune ? new Autotuner() : null) : new EagerProgram();
}
