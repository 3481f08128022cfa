/** A trained model as an ONNX file, with its preprocessing in its graph. */
import { PREPROCESSINGS, type PreprocessingName } from '../data/preprocessing';
import type { tf } from '../tensorflow/tensorflow';
import type { CheckpointMetadata } from '../training/checkpoint-metadata';
import { exportedModelMetadata, type ModelFile, topologyOf } from './exported-model';
import { ELEMENT, encodeOnnx, type OnnxValue } from './onnx/messages';
import { OnnxGraph } from './onnx/onnx-graph';
import { writeLayer } from './onnx/onnx-layers';

/** The version of the operations, and of the file format that goes with it; onnxruntime has read both since 2022. */
const OPERATIONS = 17;
const FORMAT = 8;

/**
 * The file of an ONNX model. It takes `image`, uint8 [batch, size, size, 3], and gives `classes`, int32 [batch, size, size],
 * `probabilities` and `logits`, float32 [batch, size, size, classes], as a SavedModel does. Classes, colours and
 * preprocessing are in its metadata: each key of {@link exportedModelMetadata} as JSON.
 *
 * @param model a checkpoint's: it takes preprocessed pictures and gives logits
 * @throws ModelError for a layer that has no ONNX form here
 */
export function onnxModelFiles(model: tf.LayersModel, checkpoint: CheckpointMetadata): ModelFile[] {
  const { size, preprocessing, classes } = checkpoint;
  const graph = new OnnxGraph();
  const values = new Map<string, string>();
  const { layers } = topologyOf(model).config;
  for (const { name, class_name: className, config, inbound_nodes: nodes } of layers) {
    if (className === 'InputLayer') {
      values.set(name, preprocessed(graph, preprocessing));
      continue;
    }
    const weights = model.getLayer(name).weights.map((weight) => ({
      shape: weight.shape as number[],
      values: weight.read().dataSync() as Float32Array,
    }));
    const inputs = nodes[0].map(([source]) => values.get(source)!);
    // The names of the outputs are given below.
    values.set(name, writeLayer(graph, { name: `model/${name}`, className, config, weights }, inputs));
  }
  const last = values.get(layers.at(-1)!.name)!;
  const logits = graph.node('Transpose', 'logits', [last], { perm: [0, 2, 3, 1] });
  graph.node('Softmax', 'probabilities', [logits], { axis: -1 });
  const largest = graph.node('ArgMax', 'largest', [logits], { axis: -1, keepdims: 0 });
  graph.node('Cast', 'classes', [largest], { to: ELEMENT.int32 });

  const metadata = exportedModelMetadata(checkpoint, 'uint8', ['classes', 'probabilities', 'logits']);
  const content = encodeOnnx({
    irVersion: FORMAT,
    producerName: 'Roadway Segmentation',
    opsetImport: [{ domain: '', version: OPERATIONS }],
    graph: {
      name: 'segmentation',
      node: graph.nodes,
      initializer: graph.constants,
      input: [value('image', ELEMENT.uint8, [size, size, 3])],
      output: [
        value('classes', ELEMENT.int32, [size, size]),
        value('probabilities', ELEMENT.float, [size, size, classes.length]),
        value('logits', ELEMENT.float, [size, size, classes.length]),
      ],
    },
    metadataProps: Object.entries(metadata).map(([key, each]) => ({ key, value: JSON.stringify(each) })),
  });
  return [{ name: 'model.onnx', content }];
}

/** Pictures as `preprocessInto` makes them, with channels first. */
function preprocessed(graph: OnnxGraph, name: PreprocessingName): string {
  const { order, mean, scale } = PREPROCESSINGS[name];
  const channels = (values: readonly number[]) => ({ shape: [3], values: Float32Array.from(values) });
  const numbers = graph.node('Cast', 'preprocessing/numbers', ['image'], { to: ELEMENT.float });
  const indices = graph.integers('preprocessing/order', order);
  const ordered = graph.node('Gather', 'preprocessing/ordered', [numbers, indices], { axis: 3 });
  const centred = graph.node('Sub', 'preprocessing/centred', [
    ordered,
    graph.float('preprocessing/mean', channels(mean)),
  ]);
  const scaled = graph.node('Div', 'preprocessing/scaled', [
    centred,
    graph.float('preprocessing/scale', channels(scale)),
  ]);
  return graph.node('Transpose', 'preprocessing/channels_first', [scaled], { perm: [0, 3, 1, 2] });
}

/** Of any number of pictures. */
function value(name: string, elemType: number, sides: readonly number[]): OnnxValue {
  const dim = [{ dimParam: 'batch' }, ...sides.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
