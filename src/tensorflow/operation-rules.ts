/** What the recorder has to know of single operations. */

import { attributeOf, typeAttribute } from './attributes';
import type { OperationAttribute } from './backend';
import type { TensorSpec } from './graph';

/**
 * Shapes of the outputs of the operations that would be slow to run for their shapes' sake. `constants` gives the
 * numbers of an input that is known while recording.
 */
export function outputShapes(
  operation: string,
  attributes: readonly OperationAttribute[],
  inputs: readonly TensorSpec[],
  constants: (input: number) => number[] | null,
): number[][] | null {
  const [first] = inputs;
  switch (operation) {
    case 'Relu':
    case 'ReluGrad':
    case 'BiasAdd':
    case 'MaxPoolGrad':
      return [first.shape];
    case 'Conv2D': {
      const shape = convolutionShape(first.shape, inputs[1].shape, attributes);
      return shape && [shape];
    }
    case 'Conv2DBackpropInput': {
      const shape = constants(0);
      return shape && [shape];
    }
    case 'Conv2DBackpropFilter': {
      const shape = constants(1);
      return shape && [shape];
    }
    case 'FusedBatchNormV3': {
      const channels = inputs[1].shape;
      return [first.shape, channels, channels, channels, channels, []];
    }
    case 'FusedBatchNormGradV3': {
      const channels = inputs[2].shape;
      return [first.shape, channels, channels, [0], [0]];
    }
    default:
      return null;
  }
}

function convolutionShape(
  [batch, height, width]: number[],
  [kernelHeight, kernelWidth, , filters]: number[],
  attributes: readonly OperationAttribute[],
): number[] | null {
  const attribute = (name: string) => attributeOf(attributes, name);
  const strides = attribute('strides') as number[];
  const dilations = (attribute('dilations') as number[] | undefined) ?? [1, 1, 1, 1];
  const padding = attribute('padding');
  if (attribute('data_format') !== 'NHWC' || (padding !== 'SAME' && padding !== 'VALID')) return null;
  const side = (size: number, kernel: number, axis: number) => {
    const covered = padding === 'SAME' ? 0 : (kernel - 1) * dilations[axis];
    return Math.ceil((size - covered) / strides[axis]);
  };
  return [batch, side(height, kernelHeight, 1), side(width, kernelWidth, 2), filters];
}

/**
 * Attributes that TensorFlow infers when it runs an operation by itself, and that a graph must state. TensorFlow.js
 * leaves out this one only.
 */
export function missingAttributes(operation: string, inputs: readonly TensorSpec[]): OperationAttribute[] {
  if (operation !== 'ExpandDims') return [];
  return [typeAttribute('T', inputs[0].dtype)];
}

/** Why an operation cannot be part of a graph of static shapes, or null if it can. */
export function obstacle(operation: string, outputs: number): string | null {
  if (VALUE_SHAPED.has(operation)) return 'the shape of what it gives depends on values, and shapes here are static';
  if (RANDOM.has(operation)) return 'its random numbers would come from a seed that the recording froze';
  if (outputs === 0) return 'it works by a side effect, which a graph would not repeat in order';
  return null;
}

const VALUE_SHAPED = new Set([
  ...['Where', 'Unique', 'UniqueV2', 'UniqueWithCounts', 'ListDiff', 'SetDiff1d', 'DynamicPartition', 'Bincount'],
  ...['NonMaxSuppressionV2', 'NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5', 'SparseToDense'],
  ...['SparseReshape', 'SparseFillEmptyRows', 'RaggedTensorToTensor', 'RaggedGather', 'StringNGrams', 'StringSplit'],
]);

const RANDOM = new Set([
  ...['Multinomial', 'RandomUniform', 'RandomStandardNormal', 'TruncatedNormal', 'RandomUniformInt', 'RandomShuffle'],
  ...['StatelessTruncatedNormal', 'StatelessRandomNormal', 'StatelessRandomUniform'],
]);
