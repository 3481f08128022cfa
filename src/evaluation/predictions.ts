import { batches, batchSizes } from '../data/batches';
import type { ClassSet } from '../data/classes/class-set';
import type { Sample } from '../data/prepare-scene';
import type { PreprocessingName } from '../data/preprocessing';
import type { SampleSource } from '../data/sample-source';
import type { Execution } from '../tensorflow/execution';
import { createProgram } from '../tensorflow/program';
import { tf } from '../tensorflow/tensorflow';
import { imagesTensor, inputSpecs } from '../training/batch-tensors';
import { meanProbabilities, viewLogits } from './mirror';

/** A scene as a model sees it, with its classes. */
export interface SceneWithTruth {
  name: string;
  width: number;
  height: number;
  /** RGB, 0 to 255, [height, width, 3]. */
  image: Uint8Array;
  /** True class of each pixel, [height, width]. */
  truth: ArrayLike<number>;
}

/** A scene with what one or more models made of it, in the order of the sheet's models. */
export interface PredictedScene extends SceneWithTruth {
  /** Predicted class of each pixel, [height, width], one entry per model. */
  predictions: readonly ArrayLike<number>[];
}

/** A sample with what a model made of it. */
export interface Prediction extends Sample {
  /** Most likely class of each pixel, [size, size]. */
  predictedGroups: Uint8Array;
  /** Of each class at each pixel, [size, size, classes]; where they were asked for. */
  probabilities?: Float32Array;
}

export interface PredictionOptions {
  /** What the model predicts. */
  classSet: ClassSet;
  preprocessing: PreprocessingName;
  execution: Execution;
  batchSize?: number;
  /** Whether each sample is also seen in the mirror, and the mean of both probabilities decides. */
  mirror?: boolean;
  /** Whether probabilities are handed over, too. */
  probabilities?: boolean;
  /** Told before the first prediction in which forms other than TensorFlow's own convolutions are computed. */
  onPrepared?: (prepared: { convolutionForms: Readonly<Record<string, string>> }) => void;
}

/**
 * Predicts the class of every pixel of every sample, in order.
 *
 * @param source scenes of the size the model was built for
 */
export async function* predictions(
  model: tf.LayersModel,
  source: SampleSource,
  {
    classSet,
    preprocessing,
    execution,
    batchSize = 8,
    mirror = false,
    probabilities = false,
    onPrepared,
  }: PredictionOptions,
): AsyncGenerator<Prediction> {
  let index = 0;
  const options = { batchSize, preprocessing, classOfLabelId: classSet.classOfLabelId };
  const program = createProgram(execution);
  const logits = (images: tf.Tensor) => model.apply(images, { training: false }) as tf.Tensor;
  const classify = program.function((images) => {
    const views = viewLogits(logits, images, mirror);
    const mean = mirror || probabilities ? meanProbabilities(views) : views[0];
    return [tf.argMax(mirror ? mean : views[0], -1), ...(probabilities ? [mean] : [])];
  });
  try {
    for (const size of batchSizes(source, batchSize)) classify.prepare(inputSpecs(model, size).slice(0, 1));
    onPrepared?.({ convolutionForms: program.convolutionForms });
    for await (const batch of batches(source, options)) {
      const outputs = tf.tidy(() => classify.run([imagesTensor(batch, model)]));
      const values = outputs.map((output) => output.dataSync());
      tf.dispose(outputs);
      const partOf = (all: tf.TypedArray, position: number) => {
        const length = all.length / batch.names.length;
        return all.subarray(position * length, (position + 1) * length);
      };
      for (let position = 0; position < batch.names.length; position += 1, index += 1) {
        const [groups, shares] = values.map((all) => partOf(all, position));
        yield {
          ...(await source.read(index)),
          predictedGroups: new Uint8Array(groups),
          ...(shares && { probabilities: shares as Float32Array }),
        };
      }
    }
  } finally {
    program.dispose();
  }
}
