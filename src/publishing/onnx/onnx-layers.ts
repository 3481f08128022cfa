/** Keras's layers as operations of ONNX, which has channels first: [batch, channels, height, width]. */
import { ModelError } from '../../errors';
import type { OnnxGraph } from './onnx-graph';

/** A layer of a model as Keras writes it. */
export interface ExportedLayer {
  name: string;
  className: string;
  /** As in Keras's topology: `kernel_size`, `strides`, `padding` and so on. */
  config: Readonly<Record<string, unknown>>;
  /** Values of its weights in Keras's order, each with its shape. */
  weights: readonly { shape: readonly number[]; values: Float32Array }[];
}

/** Adds a layer to a graph and returns the name of what it gives. */
type LayerWriter = (graph: OnnxGraph, layer: ExportedLayer, inputs: readonly string[]) => string;

const pair = (value: unknown) => value as [number, number];
/** TensorFlow's names of paddings. */
const padding = ({ padding }: ExportedLayer['config']) => (padding === 'same' ? 'SAME_UPPER' : 'VALID');

function activated(graph: OnnxGraph, { name, config }: ExportedLayer, value: string): string {
  const { activation = 'linear' } = config;
  if (activation === 'linear') return value;
  if (activation === 'relu') return graph.node('Relu', `${name}/activation`, [value]);
  throw noForm(name, `activation ${activation}`);
}

function noForm(name: string, what: string): ModelError {
  return new ModelError(`${name}: ${what} has no ONNX form here`, 'export to tfjs or savedmodel');
}

/** A convolution, of either kind, and its activation. ONNX has both kinds of kernels turned round from Keras's. */
function convolution(opType: 'Conv' | 'ConvTranspose', graph: OnnxGraph, layer: ExportedLayer, input: string): string {
  const { name, config, weights } = layer;
  const [kernel, bias] = weights;
  const parameters = [
    graph.float(`${name}/kernel`, permuted(kernel, [3, 2, 0, 1])),
    ...(bias ? [graph.float(`${name}/bias`, bias)] : []),
  ];
  const convolved = graph.node(opType, name, [input, ...parameters], {
    strides: pair(config.strides),
    ...(opType === 'Conv' && { dilations: pair(config.dilation_rate) }),
    auto_pad: padding(config),
  });
  return activated(graph, layer, convolved);
}

/** The layers that an exported model may have, by Keras's class names. */
const LAYER_WRITERS: Readonly<Record<string, LayerWriter>> = {
  Conv2D: (graph, layer, [input]) => convolution('Conv', graph, layer, input),
  Conv2DTranspose: (graph, layer, [input]) => convolution('ConvTranspose', graph, layer, input),
  BatchNormalization(graph, { name, config, weights }, [input]) {
    const parameters = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((parameter, index) =>
      graph.float(`${name}/${parameter}`, weights[index]),
    );
    return graph.node('BatchNormalization', name, [input, ...parameters], {
      epsilon: { float: config.epsilon as number },
    });
  },
  ReLU: (graph, { name }, [input]) => graph.node('Relu', name, [input]),
  MaxPooling2D: (graph, { name, config }, [input]) =>
    graph.node('MaxPool', name, [input], {
      kernel_shape: pair(config.pool_size),
      strides: pair(config.strides),
      auto_pad: padding(config),
    }),
  ZeroPadding2D(graph, { name, config }, [input]) {
    const [[top, bottom], [left, right]] = config.padding as [[number, number], [number, number]];
    // What is added before each of the four axes, then what is added behind.
    const pads = graph.integers(`${name}/pads`, [0, 0, top, left, 0, 0, bottom, right]);
    return graph.node('Pad', name, [input, pads]);
  },
  /** Each value repeated, as TensorFlow.js does it by default. */
  UpSampling2D(graph, { name, config }, [input]) {
    const { interpolation = 'nearest', size } = config;
    if (interpolation !== 'nearest') throw noForm(name, `interpolation ${interpolation}`);
    const scales = graph.float(`${name}/scales`, { shape: [4], values: Float32Array.of(1, 1, ...pair(size)) });
    const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
    // Between them stands the region of interest, which there is not.
    return graph.node('Resize', name, [input, '', scales], attributes);
  },
  Concatenate: (graph, { name }, inputs) => graph.node('Concat', name, inputs, { axis: 1 }),
  Add: (graph, { name }, inputs) => graph.node('Sum', name, inputs),
};

/** @throws ModelError for a layer that has no ONNX form here */
export function writeLayer(graph: OnnxGraph, layer: ExportedLayer, inputs: readonly string[]): string {
  const write = LAYER_WRITERS[layer.className];
  if (write) return write(graph, layer, inputs);
  throw new ModelError(
    `${layer.name}: a layer ${layer.className} has no ONNX form here; known are ${Object.keys(LAYER_WRITERS).join(', ')}`,
    'export to savedmodel',
  );
}

/** A tensor of four axes with its axes in another order: axis i of the result is axis `order[i]` of the tensor. */
function permuted({ shape, values }: ExportedLayer['weights'][number], order: readonly number[]) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, side) => product * side, 1));
  const [a, b, c, d] = order.map((axis) => shape[axis]);
  const [sa, sb, sc, sd] = order.map((axis) => strides[axis]);
  const result = new Float32Array(values.length);
  let index = 0;
  for (let i = 0; i < a; i += 1)
    for (let j = 0; j < b; j += 1)
      for (let k = 0; k < c; k += 1)
        for (let l = 0; l < d; l += 1) result[index++] = values[i * sa + j * sb + k * sc + l * sd];
  return { shape: [a, b, c, d], values: result };
}
