/**
 * TensorFlow's fused kernels in place of TensorFlow.js's composed ones: fewer passes over memory, forward and backward.
 * Each is differentiable once.
 */

import { booleanAttribute, floatAttribute, integerAttribute, stringAttribute, typeAttribute } from './attributes';
import type { OperationAttribute } from './backend';
import { executeOperation } from './execute-operation';
import { tf } from './tensorflow';

/** max(x, 0), any shape. The gradient is kept from the output, so the input need not stay in memory. */
export function relu<T extends tf.Tensor>(input: T): T {
  const compute = tf.customGrad((x, save) => {
    const [value] = executeOperation('Relu', [typeAttribute('T', 'float32')], [x as tf.Tensor]);
    (save as tf.GradSaveFunc)([value]);
    return {
      value,
      gradFunc: (gradient: tf.Tensor, saved: tf.Tensor[]) =>
        executeOperation('ReluGrad', [typeAttribute('T', 'float32')], [gradient, saved[0]])[0],
    };
  });
  return compute(input) as T;
}

/** Adds `bias` [channels] to `input` [batch, height, width, channels]. */
export function addBias(input: tf.Tensor4D, bias: tf.Tensor1D): tf.Tensor4D {
  const attributes = () => [typeAttribute('T', 'float32'), stringAttribute('data_format', 'NHWC')];
  const compute = tf.customGrad((x, b) => ({
    value: executeOperation('BiasAdd', attributes(), [x as tf.Tensor, b as tf.Tensor])[0],
    gradFunc: (gradient: tf.Tensor) => [gradient.clone(), executeOperation('BiasAddGrad', attributes(), [gradient])[0]],
  }));
  return compute(input, bias) as tf.Tensor4D;
}

export type BatchStatistics = {
  /** [channels] */
  mean: tf.Tensor1D;
  /** [channels], unbiased, as the running variance wants it. */
  variance: tf.Tensor1D;
};

/**
 * Batch normalisation over batch, height and width with the batch's own statistics (Ioffe & Szegedy 2015).
 *
 * @param input [batch, height, width, channels]
 * @param scale gamma, [channels]
 * @param offset beta, [channels]
 * @returns the normalised tensor and the batch's statistics, which take no part in the gradient
 */
export function batchNormTraining(
  input: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
): { output: tf.Tensor4D; statistics: BatchStatistics } {
  const attributes = () => batchNormAttributes(epsilon, true);
  let statistics: BatchStatistics | undefined;
  const compute = tf.customGrad((...values) => {
    const [x, gamma, beta] = values as tf.Tensor[];
    const save = values[3] as unknown as tf.GradSaveFunc;
    const empty = tf.tensor1d([], 'float32');
    const [value, mean, variance, ...reserved] = executeOperation(
      'FusedBatchNormV3',
      [...attributes(), floatAttribute('exponential_avg_factor', 1)],
      [x, gamma, beta, empty, empty],
      6,
    );
    // Kept past the tidy that customGrad wraps around this function; the caller's tidy gets them back below.
    statistics = { mean: tf.keep(mean) as tf.Tensor1D, variance: tf.keep(variance) as tf.Tensor1D };
    save([x, gamma, ...reserved]);
    return {
      value,
      gradFunc: (gradient: tf.Tensor, saved: tf.Tensor[]) =>
        executeOperation('FusedBatchNormGradV3', attributes(), [gradient, ...saved], 5).slice(0, 3),
    };
  });
  const output = compute(input, scale, offset) as tf.Tensor4D;
  const kept = statistics as unknown as BatchStatistics;
  const owned = { mean: kept.mean.clone(), variance: kept.variance.clone() };
  tf.dispose(kept);
  return { output, statistics: owned };
}

/**
 * Batch normalisation with given statistics, which are constants to the gradient.
 *
 * @param input [batch, height, width, channels]
 * @param scale gamma, [channels]
 * @param offset beta, [channels]
 */
export function batchNormInference(
  input: tf.Tensor4D,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  { mean, variance }: BatchStatistics,
  epsilon: number,
): tf.Tensor4D {
  const attributes = () => batchNormAttributes(epsilon, false);
  const compute = tf.customGrad((...values) => {
    const [x, gamma, beta] = values as tf.Tensor[];
    const save = values[3] as unknown as tf.GradSaveFunc;
    const [value] = executeOperation('FusedBatchNormV3', attributes(), [x, gamma, beta, mean, variance], 6);
    save([x, gamma]);
    const gradFunc = (gradient: tf.Tensor, saved: tf.Tensor[]) => {
      // The last input is for GPUs, in training only.
      const inputs = [gradient, ...saved, mean, variance, tf.tensor1d([], 'float32')];
      return executeOperation('FusedBatchNormGradV3', attributes(), inputs, 5).slice(0, 3);
    };
    return { value, gradFunc };
  });
  return compute(input, scale, offset) as tf.Tensor4D;
}

function batchNormAttributes(epsilon: number, training: boolean): OperationAttribute[] {
  return [
    typeAttribute('T', 'float32'),
    typeAttribute('U', 'float32'),
    floatAttribute('epsilon', epsilon),
    stringAttribute('data_format', 'NHWC'),
    booleanAttribute('is_training', training),
  ];
}

/**
 * What stands at these places. TensorFlow.js's own looks at the places in JavaScript, which a recorded graph cannot; this one
 * has no gradient.
 *
 * @param values [n]
 * @param places int32, each 0 to n - 1
 * @returns the shape of `places`
 */
export function gathered(values: tf.Tensor1D, places: tf.Tensor): tf.Tensor {
  const attributes = [
    typeAttribute('Tparams', 'float32'),
    typeAttribute('Tindices', 'int32'),
    typeAttribute('Taxis', 'int32'),
    integerAttribute('batch_dims', 0),
  ];
  return executeOperation('GatherV2', attributes, [values, places, tf.scalar(0, 'int32')])[0];
}

/** The cross-entropy of each example, [examples], and its slope against the logits, [examples, classes]. */
function entropiesAndSlope(logits: tf.Tensor, classes: tf.Tensor1D): tf.Tensor[] {
  const attributes = [typeAttribute('T', 'float32'), typeAttribute('Tlabels', 'int32')];
  return executeOperation('SparseSoftmaxCrossEntropyWithLogits', attributes, [logits, classes], 2);
}

/**
 * Softmax cross-entropy of each example, of integer classes.
 *
 * @param logits [examples, classes]
 * @param classes int32 [examples], each 0 to classes - 1
 * @returns [examples], in nats
 */
export function softmaxCrossEntropies(logits: tf.Tensor2D, classes: tf.Tensor1D): tf.Tensor1D {
  const compute = tf.customGrad((x, save) => {
    const [losses, slope] = entropiesAndSlope(x as tf.Tensor, classes);
    (save as tf.GradSaveFunc)([slope]);
    return {
      value: losses,
      gradFunc: (gradient: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0], tf.expandDims(gradient, 1)),
    };
  });
  return compute(logits) as tf.Tensor1D;
}

/**
 * Mean softmax cross-entropy of integer classes.
 *
 * @param logits [examples, classes]
 * @param classes int32 [examples], each 0 to classes - 1
 * @returns a scalar, in nats
 */
export function sparseSoftmaxCrossEntropy(logits: tf.Tensor2D, classes: tf.Tensor1D): tf.Scalar {
  const compute = tf.customGrad((x, save) => {
    const [losses, slope] = entropiesAndSlope(x as tf.Tensor, classes);
    (save as tf.GradSaveFunc)([slope]);
    return {
      value: tf.mean(losses),
      gradFunc: (gradient: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0], tf.div(gradient, classes.size)),
    };
  });
  return compute(logits) as tf.Scalar;
}
