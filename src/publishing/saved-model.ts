/** A trained model as TensorFlow's SavedModel, with its preprocessing in its graph. */
import { PREPROCESSINGS, type PreprocessingName } from '../data/preprocessing';
import { inferenceGraph } from '../tensorflow/inference-graph';
import type { NumberFormat } from '../tensorflow/precision-choice';
import { tf } from '../tensorflow/tensorflow';
import type { CheckpointMetadata } from '../training/checkpoint-metadata';
import { exportedModelMetadata, type ModelFile } from './exported-model';

/** Where SavedModels keep what their graph does not need. */
const METADATA_FILE = 'assets.extra/metadata.json';

/**
 * The files of a SavedModel that TensorFlow loads (`tf.saved_model.load`) and serves: weights are constants of its graph.
 *
 * Its signature `serving_default` takes `image`, uint8 [batch, size, size, 3], and gives `classes`, int32 [batch, size, size],
 * `probabilities` and `logits`, float32 [batch, size, size, classes].
 *
 * @param model a checkpoint's: it takes preprocessed pictures and gives logits
 * @param precision of its convolutions; weights in the file are float32 in any case
 * @throws CompilationError for a model that cannot be a graph
 */
export function savedModelFiles(
  model: tf.LayersModel,
  checkpoint: CheckpointMetadata,
  precision: NumberFormat,
): ModelFile[] {
  const { size, preprocessing } = checkpoint;
  const graph = inferenceGraph({
    picture: [size, size, 3],
    precision,
    compute: (pictures) => {
      const logits = model.apply(preprocessed(pictures, preprocessing), { training: false }) as tf.Tensor;
      return { classes: tf.argMax(logits, -1), probabilities: tf.softmax(logits), logits };
    },
  });
  const metadata = exportedModelMetadata(checkpoint, 'uint8', ['classes', 'probabilities', 'logits']);
  return [
    { name: METADATA_FILE, content: Buffer.from(`${JSON.stringify(metadata, null, 2)}\n`) },
    { name: 'saved_model.pb', content: graph },
  ];
}

/** As `preprocessInto`, on tensors: [batch, height, width, 3], 0 to 255. */
function preprocessed(pictures: tf.Tensor4D, name: PreprocessingName): tf.Tensor {
  const { order, mean, scale } = PREPROCESSINGS[name];
  const factors = scale.map((value) => 1 / value);
  const ordered = order[0] === 0 ? pictures : tf.reverse(pictures, -1);
  return tf.mul(tf.sub(ordered, tf.tensor1d([...mean])), tf.tensor1d(factors));
}
