import type { Batch } from '../data/batches';
import { tf } from '../tensorflow/tensorflow';
import { classesTensor, crossEntropy, imagesTensor } from './loss';

export interface Validation {
  /** Mean cross-entropy a pixel (or an example), in nats. */
  loss: number;
  /** Share of pixels (or examples) whose class is right, 0 to 1. */
  accuracy: number;
}

/** Loss and accuracy over all batches, each pixel weighing the same, with batch normalisation's running statistics. */
export async function validate(model: tf.LayersModel, batches: AsyncIterable<Batch>): Promise<Validation> {
  let [loss, correct, count] = [0, 0, 0];
  for await (const batch of batches) {
    const { logits, classes } = forward(model, batch);
    const [batchLoss, batchCorrect] = tf.tidy(() => [
      crossEntropy(logits, classes).dataSync()[0],
      tf.sum(tf.equal(tf.argMax(logits.reshape([classes.size, -1]), 1), classes)).dataSync()[0],
    ]);
    tf.dispose([logits, classes]);
    loss += batchLoss * batch.classes.length;
    correct += batchCorrect;
    count += batch.classes.length;
  }
  return { loss: loss / count, accuracy: correct / count };
}

function forward(model: tf.LayersModel, batch: Batch): { logits: tf.Tensor; classes: tf.Tensor1D } {
  const logits = tf.tidy(() => model.apply(imagesTensor(batch, model), { training: false }) as tf.Tensor);
  return { logits, classes: classesTensor(batch) };
}
