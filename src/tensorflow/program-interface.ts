import type { Optimizer, OptimizerState } from './optimizer';
import type { tf } from './tensorflow';

export type TensorFunction = (...inputs: tf.Tensor[]) => tf.Tensor[];

/** Shape and type of an input, for getting a function ready before there is data. */
export interface InputSpec {
  shape: number[];
  dtype: 'float32' | 'int32' | 'bool';
}

export type GradientsListener = (gradients: Readonly<Record<string, tf.Tensor>>) => void;

export interface TrainingStepOptions {
  optimizer: Optimizer;
  /** The variables to train. */
  variables: readonly tf.Variable[];
  /** What the learning rate is multiplied by for each of them; 1 for all by default. */
  learningRateFactors?: readonly number[];
  /** Whether the optimizer's weight decay is for each of them; for all by default. */
  decayed?: readonly boolean[];
  /** Variables of which the step keeps an exponential moving average, whether it trains them or the loss assigns them. */
  averaged?: { variables: readonly tf.Variable[] /** 0 to 1. */; decay: number };
  /** What becomes of all gradients before the optimizer gets them, in the variables' order, such as clipping. */
  adjusted?: (gradients: tf.Tensor[]) => tf.Tensor[];
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

/** Forward pass, loss, gradients and the optimizer's update in one. */
export interface ProgramStep {
  prepare(inputs: readonly InputSpec[]): void;
  /**
   * @param onGradients is told the gradients as the optimizer gets them, by the variables' names; they live until it returns
   * @returns the loss before the update, owned by the tidy around the call.
   */
  run(inputs: readonly tf.Tensor[], learningRate: number, onGradients?: GradientsListener): tf.Scalar;
  /** Gives the averaged variables their averages and keeps what they were; the next time the other way round. */
  exchangeAverages(): void;
  /** What the optimizer remembers; the tensors are the caller's to dispose of. */
  state(): OptimizerState;
  /** Takes up where `state` was taken. The tensors stay the caller's. */
  restore(state: OptimizerState): void;
}

/** Functions that share variables. */
export interface Program {
  function(compute: TensorFunction): ProgramFunction;
  trainingStep(options: TrainingStepOptions): ProgramStep;
  /**
   * How convolutions are computed where not by TensorFlow's own operation in float32: the form, or `bfloat16`, by what they
   * compute, such as `forward 8x64x64x3 k3 s1 f64`. It changes how results are rounded.
   */
  readonly convolutionForms: Readonly<Record<string, string>>;
  /**
   * Gives the TensorFlow.js variables the values that the program's runs left. A compiled program that changes variables
   * holds the only copy of them: between such a run and the next pull it is an error to compute with the variables.
   */
  pull(): void;
  /** Gives the program the values of the TensorFlow.js variables, after these were set from outside. */
  push(): void;
  /** Frees the graphs; the TensorFlow.js variables have the values that the last run or pull left. */
  dispose(): void;
}
