import { backend, type OperationAttribute } from './backend';
import { type Endpoint, type Graph, nodeOf } from './graph';

/** Adds float32 operations to a graph, each node named after the builder's scope and its own operation. */
export class NodeBuilder {
  private count = 0;

  /** @param scope prefix of the names */
  constructor(
    private readonly graph: Graph,
    private readonly scope: string,
  ) {}

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
    return this.add('MatMul', [left, right], [boolean('transpose_b', transposeSecond)]);
  }

  /** [groups, n, a]ᵀ x [groups, n, b]: [groups, a, b] */
  batchProduct(left: Endpoint, right: Endpoint): Endpoint {
    return this.add('BatchMatMulV2', [left, right], [boolean('adj_x', true)]);
  }

  sum(input: Endpoint, axes: number[]): Endpoint {
    return this.add('Sum', [input, this.integers(axes)], [integerType('Tidx')]);
  }

  reshape(input: Endpoint, shape: number[]): Endpoint {
    return this.add('Reshape', [input, this.integers(shape)], [integerType('Tshape')]);
  }

  /** Takes the first axis away, which has the size 1. */
  squeeze(input: Endpoint): Endpoint {
    const axes = { name: 'squeeze_dims', type: backend().binding.TF_ATTR_INT, value: [0] };
    return this.add('Squeeze', [input], [axes]);
  }

  transpose(input: Endpoint, order: number[]): Endpoint {
    return this.add('Transpose', [input, this.integers(order)], [integerType('Tperm')]);
  }

  reverse(input: Endpoint, axes: number[]): Endpoint {
    return this.add('ReverseV2', [input, this.integers(axes)], [integerType('Tidx')]);
  }

  /** @param after endpoints that are computed first */
  slice(input: Endpoint, begin: number[], size: number[], after: Endpoint[] = []): Endpoint {
    const inputs = [input, this.integers(begin), this.integers(size)];
    return this.add('Slice', inputs, [integerType('Index')], after);
  }

  concat(inputs: Endpoint[], axis: number): Endpoint {
    if (inputs.length === 1) return inputs[0];
    const count = { name: 'N', type: backend().binding.TF_ATTR_INT, value: inputs.length };
    return this.add('ConcatV2', [...inputs, this.integers([axis], [])], [integerType('Tidx'), count]);
  }

  /** Zeros around height and width of [batch, height, width, channels]. */
  pad(input: Endpoint, margin: number): Endpoint {
    const margins = this.integers([0, 0, margin, margin, margin, margin, 0, 0], [4, 2]);
    return this.add('Pad', [input, margins], [integerType('Tpaddings')]);
  }

  spaceToDepth(input: Endpoint, block: number): Endpoint {
    return this.add('SpaceToDepth', [input], blockAttributes(block));
  }

  depthToSpace(input: Endpoint, block: number): Endpoint {
    return this.add('DepthToSpace', [input], blockAttributes(block));
  }

  private add(
    operation: string,
    inputs: Endpoint[],
    attributes: OperationAttribute[],
    after: Endpoint[] = [],
  ): Endpoint {
    const type = { name: 'T', type: backend().binding.TF_ATTR_TYPE, value: backend().binding.TF_FLOAT };
    const options = { inputs, attributes: [type, ...attributes], after: after.map(nodeOf) };
    return this.graph.add(this.name(operation), operation, options);
  }

  private integers(values: number[], shape = [values.length]): Endpoint {
    const bytes = new Uint8Array(Int32Array.from(values).buffer);
    return this.graph.constant(this.name('Const'), { shape, dtype: backend().binding.TF_INT32, bytes });
  }

  private name(operation: string): string {
    return `${this.scope}/${operation}_${this.count++}`;
  }
}

export function convolutionAttributes(stride: number): OperationAttribute[] {
  const { TF_ATTR_INT, TF_ATTR_STRING } = backend().binding;
  return [
    { name: 'strides', type: TF_ATTR_INT, value: [1, stride, stride, 1] },
    { name: 'padding', type: TF_ATTR_STRING, value: 'SAME' },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
  ];
}

function blockAttributes(block: number): OperationAttribute[] {
  const { TF_ATTR_INT, TF_ATTR_STRING } = backend().binding;
  return [
    { name: 'block_size', type: TF_ATTR_INT, value: block },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
  ];
}

function integerType(name: string): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_TYPE, value: backend().binding.TF_INT32 };
}

function boolean(name: string, value: boolean): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_BOOL, value };
}
