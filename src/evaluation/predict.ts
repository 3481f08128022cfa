import { batches, batchSizes } from '../data/batches';
import { groupIndexByLabelId } from '../data/labels';
import type { Sample } from '../data/prepare-scene';
import type { PreprocessingName } from '../data/preprocessing';
import type { SampleSource } from '../data/sample-source';
import { createProgram, type ProgramOptions } from '../tensorflow/program';
import { tf } from '../tensorflow/tensorflow';
import { imagesTensor, inputSpecs } from '../training/loss';

/** A scene with what a model made of it. */
export interface Prediction extends Sample {
  /** Most likely group of each pixel, an index of GROUP_NAMES, [size, size]. */
  predictedGroups: Uint8Array;
}

export interface PredictionOptions extends ProgramOptions {
  preprocessing: PreprocessingName;
  batchSize?: number;
}

/**
 * Predicts the group of every pixel of every sample, in order.
 *
 * @param source scenes of the size the model was built for
 */
export async function* predictions(
  model: tf.LayersModel,
  source: SampleSource,
  { preprocessing, batchSize = 8, ...how }: PredictionOptions,
): AsyncGenerator<Prediction> {
  let index = 0;
  const options = { batchSize, preprocessing, classOfLabelId: groupIndexByLabelId() };
  const program = createProgram(how);
  const classify = program.function((images) => [tf.argMax(model.apply(images, { training: false }) as tf.Tensor, -1)]);
  try {
    for (const size of batchSizes(source, batchSize)) classify.prepare(inputSpecs(model, size).slice(0, 1));
    for await (const batch of batches(source, options)) {
      const groups = tf.tidy(() => classify.run([imagesTensor(batch, model)])[0].dataSync());
      const pixels = groups.length / batch.names.length;
      for (let position = 0; position < batch.names.length; position += 1, index += 1) {
        const predictedGroups = Uint8Array.from(groups.slice(position * pixels, (position + 1) * pixels));
        yield { ...(await source.read(index)), predictedGroups };
      }
    }
  } finally {
    program.dispose();
  }
}
