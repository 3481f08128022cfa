/**
 * Which operations compute in bfloat16, and which of their inputs and outputs then are bfloat16. Whatever is not in this
 * table stays float32: loss, optimizer, running statistics, sums, gradients of biases.
 */
import { attributeOf } from './attributes';
import type { GraphNode } from './graph';

export interface Bfloat16Operation {
  /** Places of the inputs that are data; the others are shapes, statistics and the like. */
  inputs: (node: GraphNode) => number[];
  /** Places of the outputs that are data. */
  outputs: (node: GraphNode) => number[];
  /**
   * Whether it is worth turning its inputs into bfloat16. The others follow: they compute in bfloat16 when the data that
   * reach them are bfloat16 already.
   */
  leads: boolean;
}

type Places = Bfloat16Operation['inputs'];

const at = (...places: number[]): Places => {
  return () => places;
};
const first = (count: number) => Array.from({ length: count }, (_, place) => place);

const leading = (inputs: Places): Bfloat16Operation => ({ inputs, outputs: at(0), leads: true });
const following = (inputs: Places, outputs = at(0)): Bfloat16Operation => ({ inputs, outputs, leads: false });

export const BFLOAT16_OPERATIONS: Readonly<Partial<Record<string, Bfloat16Operation>>> = {
  // input, filter
  Conv2D: leading(at(0, 1)),
  // shape of the input, filter, gradient
  Conv2DBackpropInput: leading(at(1, 2)),
  // input, shape of the filter, gradient
  Conv2DBackpropFilter: leading(at(0, 2)),
  MatMul: leading(at(0, 1)),
  BatchMatMulV2: leading(at(0, 1)),

  // input, scale, offset, mean, variance; the statistics it gives are float32
  FusedBatchNormV3: following(at(0)),
  // gradient, input, scale, three outputs of the forward pass; the gradients of scale and offset are float32
  FusedBatchNormGradV3: following(at(0, 1)),
  BiasAdd: following(at(0, 1)),
  Relu: following(at(0)),
  // gradient, output
  ReluGrad: following(at(0, 1)),
  MaxPool: following(at(0)),
  // input, output, gradient
  MaxPoolGrad: following(at(0, 1, 2)),
  // Two addends, their sum rounded once. Gradients that reach a tensor by two ways meet here.
  Add: following(at(0, 1)),
  // tensors, axis
  ConcatV2: following(({ inputs }) => first(inputs.length - 1)),
  // input, sizes, axis
  SplitV: following(at(0), ({ attributes }) => first(Number(attributeOf(attributes, 'num_split')))),
};
