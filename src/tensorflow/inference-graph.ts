/** A model as a graph of its own, without variables: what another program loads to predict. */

import { integerAttribute, typeAttribute } from './attributes';
import { backend, typeNumber } from './backend';
import { inBfloat16 } from './bfloat16';
import { type ConstantValue, type Endpoint, Graph, type GraphNode, nodeOf, type Signature } from './graph';
import type { NumberFormat } from './precision-choice';
import { record } from './recorder';
import type { tf } from './tensorflow';

export interface InferenceGraphOptions {
  /** Height, width and channels of a picture. */
  picture: readonly [height: number, width: number, channels: number];
  /** What the graph computes of a float32 batch of pictures, by the names its users know. The first axis is the batch's. */
  compute: (pictures: tf.Tensor4D) => Readonly<Record<string, tf.Tensor>>;
  /** Of convolutions and what lies between them. */
  precision: NumberFormat;
}

/** The name under which TensorFlow's loaders and TensorFlow Serving look for a model's one function. */
const SIGNATURE = 'serving_default';

/**
 * Records a function as a graph that takes any number of pictures at once. Variables become constants, with the value they
 * have now, so that the graph is complete in itself.
 *
 * The input is 8-bit, [batch, height, width, channels]: values from 0 to 255 as a picture file holds them. Pictures in
 * another range are of another type and refused, instead of being predicted wrongly.
 *
 * @returns the content of a SavedModel's `saved_model.pb`, signature `serving_default`, input `image`
 * @throws CompilationError for a function that cannot be a graph
 */
export function inferenceGraph({ picture, compute, precision }: InferenceGraphOptions): Uint8Array {
  const { TF_FLOAT, TF_UINT8 } = backend().binding;
  let results: [name: string, spec: { shape: number[]; dtype: tf.DataType }][] = [];
  const exact = record({
    scope: 'model',
    inputs: [{ shape: [1, ...picture], dtype: TF_FLOAT }],
    compute: ([pictures]) => {
      const outputs = compute(pictures as tf.Tensor4D);
      results = Object.entries(outputs).map(([name, { shape, dtype }]) => [name, { shape: [...shape], dtype }]);
      return Object.values(outputs);
    },
  });

  const recording = precision === 'bfloat16' ? inBfloat16(exact) : exact;
  const graph = new Graph();
  const shape = [-1, ...picture];
  const image = graph.placeholder('image', { shape, dtype: TF_UINT8 });
  const [input] = recording.inputs;
  const types = { SrcT: TF_UINT8, DstT: TF_FLOAT };
  const attributes = Object.entries(types).map(([name, value]) => typeAttribute(name, value));
  graph.add(nodeOf(input), 'Cast', { inputs: [image], attributes });
  for (const { variable, value } of recording.variables) graph.constant(nodeOf(value), constantOf(variable));
  const nodes = recording.nodes.filter(({ name }) => name !== nodeOf(input));
  for (const node of forAnyBatch(nodes, graph, image)) graph.addNode(node);

  const outputs = results.map(([name, { shape, dtype }], index) => {
    const info = { endpoint: recording.outputs[index], shape: [-1, ...shape.slice(1)], dtype: typeNumber(dtype) };
    return [name, info] as const;
  });
  const signature: Signature = {
    inputs: { image: { endpoint: image, shape, dtype: TF_UINT8 } },
    outputs: Object.fromEntries(outputs),
  };
  return graph.encode({ [SIGNATURE]: signature });
}

/**
 * The one operation of a U-Net that is told the shape of its output, batch included, is the transposed convolution, and
 * the recording saw a batch of one. Here it is told the batch of the input instead.
 */
function forAnyBatch(nodes: readonly GraphNode[], graph: Graph, image: Endpoint): GraphNode[] {
  const { TF_UINT8 } = backend().binding;
  const integerType = typeAttribute('T', 'int32');
  const shape = graph.add('batch/shape', 'Shape', {
    inputs: [image],
    attributes: [typeAttribute('T', TF_UINT8), typeAttribute('out_type', 'int32')],
  });
  const batch = graph.add('batch/size', 'Slice', {
    inputs: [shape, graph.integers('batch/begin', [0]), graph.integers('batch/length', [1])],
    attributes: [integerType, typeAttribute('Index', 'int32')],
  });
  const axis = graph.integers('batch/axis', [0], []);
  const constants = new Map(nodes.map(({ name, constant }) => [name, constant]));
  return nodes.map((node) => {
    if (node.operation !== 'Conv2DBackpropInput') return node;
    const { bytes } = constants.get(nodeOf(node.inputs[0]))!;
    const [, ...rest] = new Int32Array(bytes.slice().buffer);
    const sizes = graph.add(`${node.name}/sizes`, 'ConcatV2', {
      inputs: [batch, graph.integers(`${node.name}/rest`, rest), axis],
      attributes: [integerType, typeAttribute('Tidx', 'int32'), integerAttribute('N', 2)],
    });
    return { ...node, inputs: [sizes, ...node.inputs.slice(1)] };
  });
}

function constantOf(variable: tf.Variable): ConstantValue {
  const values = variable.dataSync();
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { shape: [...variable.shape], dtype: typeNumber(variable.dtype), bytes };
}
