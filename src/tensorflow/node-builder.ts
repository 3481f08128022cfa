import { booleanAttribute, integerAttribute, stringAttribute, typeAttribute } from './attributes';
import type { OperationAttribute } from './backend';
import { FloatNodes } from './float-nodes';
import { type Endpoint, nodeOf } from './graph';

/** The float32 operations that convolutions are computed by. */
export class NodeBuilder extends FloatNodes {
  convolution(input: Endpoint, filter: Endpoint, stride: number): Endpoint {
    return this.add('Conv2D', [input, filter], convolutionAttributes(stride));
  }

  /** Of a convolution's output with respect to its input of that shape. */
  inputGradient(shape: number[], filter: Endpoint, gradient: Endpoint, stride: number): Endpoint {
    const inputs = [this.integers(shape), filter, gradient];
    return this.add('Conv2DBackpropInput', inputs, convolutionAttributes(stride));
  }

  /** Of a convolution's output with respect to its filter of that shape. */
  filterGradient(input: Endpoint, shape: number[], gradient: Endpoint, stride: number): Endpoint {
    const inputs = [input, this.integers(shape), gradient];
    return this.add('Conv2DBackpropFilter', inputs, convolutionAttributes(stride));
  }

  product(left: Endpoint, right: Endpoint, { transposeSecond = false } = {}): Endpoint {
    return this.add('MatMul', [left, right], [booleanAttribute('transpose_b', transposeSecond)]);
  }

  /** [groups, n, a]ᵀ x [groups, n, b]: [groups, a, b] */
  batchProduct(left: Endpoint, right: Endpoint): Endpoint {
    return this.add('BatchMatMulV2', [left, right], [booleanAttribute('adj_x', true)]);
  }

  sum(input: Endpoint, axes: number[]): Endpoint {
    return this.add('Sum', [input, this.integers(axes)], [typeAttribute('Tidx', 'int32')]);
  }

  reshape(input: Endpoint, shape: number[]): Endpoint {
    return this.add('Reshape', [input, this.integers(shape)], [typeAttribute('Tshape', 'int32')]);
  }

  /** Takes the first axis away, which has the size 1. */
  squeeze(input: Endpoint): Endpoint {
    const axes = integerAttribute('squeeze_dims', [0]);
    return this.add('Squeeze', [input], [axes]);
  }

  transpose(input: Endpoint, order: number[]): Endpoint {
    return this.add('Transpose', [input, this.integers(order)], [typeAttribute('Tperm', 'int32')]);
  }

  reverse(input: Endpoint, axes: number[]): Endpoint {
    return this.add('ReverseV2', [input, this.integers(axes)], [typeAttribute('Tidx', 'int32')]);
  }

  /** @param after endpoints that are computed first */
  slice(input: Endpoint, begin: number[], size: number[], after: Endpoint[] = []): Endpoint {
    const inputs = [input, this.integers(begin), this.integers(size)];
    return this.add('Slice', inputs, [typeAttribute('Index', 'int32')], after.map(nodeOf));
  }

  concat(inputs: Endpoint[], axis: number): Endpoint {
    if (inputs.length === 1) return inputs[0];
    const count = integerAttribute('N', inputs.length);
    return this.add('ConcatV2', [...inputs, this.integers([axis], [])], [typeAttribute('Tidx', 'int32'), count]);
  }

  /** Zeros around height and width of [batch, height, width, channels]. */
  pad(input: Endpoint, margin: number): Endpoint {
    const margins = this.integers([0, 0, margin, margin, margin, margin, 0, 0], [4, 2]);
    return this.add('Pad', [input, margins], [typeAttribute('Tpaddings', 'int32')]);
  }

  spaceToDepth(input: Endpoint, block: number): Endpoint {
    return this.add('SpaceToDepth', [input], blockAttributes(block));
  }

  depthToSpace(input: Endpoint, block: number): Endpoint {
    return this.add('DepthToSpace', [input], blockAttributes(block));
  }

  private integers(values: number[], shape?: number[]): Endpoint {
    return this.graph.integers(this.name('Const'), values, shape);
  }
}

export function convolutionAttributes(stride: number): OperationAttribute[] {
  return [
    integerAttribute('strides', [1, stride, stride, 1]),
    stringAttribute('padding', 'SAME'),
    stringAttribute('data_format', 'NHWC'),
  ];
}

function blockAttributes(block: number): OperationAttribute[] {
  return [integerAttribute('block_size', block), stringAttribute('data_format', 'NHWC')];
}
