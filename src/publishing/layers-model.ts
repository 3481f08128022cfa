/** A trained model in TensorFlow.js's layers format, with its preprocessing as its first layer. */
import { PREPROCESSINGS, type PreprocessingName } from '../data/preprocessing';
import { toFloat16 } from '../model/weights/float16';
import { sealedJson, sha256 } from '../model/weights/sealed-json';
import type { tf } from '../tensorflow/tensorflow';
import type { CheckpointMetadata } from '../training/checkpoint-metadata';
import { exportedModelMetadata, type ModelFile, type Topology, type TopologyLayer, topologyOf } from './exported-model';

/** Browsers keep files up to about this size in their cache; tensorflowjs_converter cuts weights at it too. */
const SHARD_BYTES = 4 * 1024 * 1024;

/**
 * TensorFlow.js asks for all files of weights at once and reads none before all have answered. Browsers open six connections
 * to a server (HTTP/1.1), each busy until its file is read: with more files than connections the model never loads.
 */
const MAXIMUM_SHARDS = 4;

/** How a model's filters are stored; what is small beside them is float32 always, and all is read as float32. */
export type StoredFormat = 'float32' | 'float16';

/** The layer that preprocesses. */
const PREPROCESSING = 'preprocessing';

/**
 * The files of a layers model that any TensorFlow.js loads (`tf.loadLayersModel`): Keras's own layers only.
 *
 * All preprocessings are affine in a pixel's three channels, which is what a 1x1 convolution computes. So the model takes
 * pictures as they are, and cannot be fed another preprocessing than its own.
 *
 * @param model a checkpoint's: it takes preprocessed pictures and gives logits
 * @param stored float16 halves the files
 * @returns `model.json` last, so that it is written when all it names is there
 */
export function layersModelFiles(
  model: tf.LayersModel,
  checkpoint: CheckpointMetadata,
  stored: StoredFormat = 'float32',
): ModelFile[] {
  const layers = model.layers.flatMap(layerWeights);
  const weights = [
    ...preprocessingWeights(checkpoint.preprocessing),
    ...(stored === 'float16' ? layers.map((each) => (each.shape.length > 1 ? halved(each) : each)) : layers),
  ];
  const bytes = Buffer.concat(weights.map((weight) => weight.bytes));
  const shards = cut(bytes);
  const paths = shards.map((_, index) => `weights-${index + 1}-of-${shards.length}.bin`);
  const content = {
    format: 'layers-model',
    generatedBy: 'Roadway Segmentation',
    convertedBy: null,
    modelTopology: withPreprocessing(topologyOf(model)),
    weightsManifest: [{ paths, weights: weights.map(({ bytes: _bytes, ...weight }) => weight), sha256: sha256(bytes) }],
    userDefinedMetadata: exportedModelMetadata(checkpoint, 'float32', ['logits']),
  };
  return [
    ...shards.map((shard, index) => ({ name: paths[index], content: shard })),
    { name: 'model.json', content: Buffer.from(sealedJson(content)) },
  ];
}

interface Weight {
  name: string;
  shape: number[];
  dtype: 'float32';
  /** Where it is stored otherwise. */
  quantization?: { dtype: 'float16'; original_dtype: 'float32' };
  bytes: Uint8Array;
}

function layerWeights(layer: tf.layers.Layer): Weight[] {
  return layer.weights.map((weight) => {
    const values = weight.read().dataSync() as Float32Array;
    return floats(weight.originalName, weight.shape as number[], values);
  });
}

/** Channel i of the result takes channel order[i] of the picture, and nothing of the others. */
function preprocessingWeights(name: PreprocessingName): Weight[] {
  const { order, mean, scale } = PREPROCESSINGS[name];
  const kernel = new Float32Array(9);
  order.forEach((source, channel) => {
    kernel[source * 3 + channel] = 1 / scale[channel];
  });
  const bias = Float32Array.from(mean, (value, channel) => -value / scale[channel]);
  return [floats(`${PREPROCESSING}/kernel`, [1, 1, 3, 3], kernel), floats(`${PREPROCESSING}/bias`, [3], bias)];
}

function floats(name: string, shape: number[], values: Float32Array): Weight {
  return { name, shape, dtype: 'float32', bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function halved(weight: Weight): Weight {
  const { buffer, byteOffset, byteLength } = weight.bytes;
  const bits = toFloat16(new Float32Array(buffer, byteOffset, byteLength / 4));
  return {
    ...weight,
    quantization: { dtype: 'float16', original_dtype: 'float32' },
    bytes: new Uint8Array(bits.buffer),
  };
}

/** Sets the preprocessing between the input and all that takes from it. */
function withPreprocessing(topology: Topology): Topology {
  const [input, ...layers] = topology.config.layers;
  const preprocessing: TopologyLayer = {
    name: PREPROCESSING,
    class_name: 'Conv2D',
    config: {
      name: PREPROCESSING,
      trainable: false,
      filters: 3,
      kernel_size: [1, 1],
      strides: [1, 1],
      padding: 'same',
      data_format: 'channels_last',
      dilation_rate: [1, 1],
      activation: 'linear',
      use_bias: true,
    },
    inbound_nodes: [[[input.name, 0, 0, {}]]],
  };
  const redirected = layers.map((layer) => ({
    ...layer,
    inbound_nodes: layer.inbound_nodes.map((node) =>
      node.map(([source, ...rest]): [string, number, number, object] => [
        source === input.name ? PREPROCESSING : source,
        ...rest,
      ]),
    ),
  }));
  return { ...topology, config: { ...topology.config, layers: [input, preprocessing, ...redirected] } };
}

function cut(bytes: Buffer): Buffer[] {
  const size = Math.max(SHARD_BYTES, Math.ceil(bytes.length / MAXIMUM_SHARDS));
  const count = Math.max(1, Math.ceil(bytes.length / size));
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}
