import type { Batch } from '../data/batches';
import type { Program, ProgramFunction } from '../tensorflow/program';
import { tf } from '../tensorflow/tensorflow';
import { batchInputs, inputSpecs, logitRows } from './batch-tensors';
import { LOSSES } from './losses';

export interface ValidationResult {
  /** Mean cross-entropy a pixel (or an example), in nats. */
  loss: number;
  /** Share of pixels (or examples) whose class is right, 0 to 1. */
  accuracy: number;
}

/** Loss and accuracy over all batches, each pixel weighing the same, with batch normalisation's running statistics. */
export class Validation {
  private readonly score: ProgramFunction;

  /** @param program the one that trains the model, so that its weights need not be copied */
  constructor(
    private readonly model: tf.LayersModel,
    program: Program,
  ) {
    this.score = program.function((images, classes) => {
      const logits = logitRows(model.apply(images, { training: false }) as tf.Tensor, classes);
      const right = tf.equal(tf.argMax(logits, 1), classes);
      return [LOSSES['cross-entropy'](logits, classes as tf.Tensor1D), tf.sum(right)];
    });
  }

  /** Gets ready for batches of these sizes. */
  prepare(batchSizes: readonly number[]): void {
    for (const size of batchSizes) this.score.prepare(inputSpecs(this.model, size));
  }

  /** @param onBatch told the loss of each batch, for instance to object to it */
  async run(
    batches: AsyncIterable<Batch>,
    onBatch?: (loss: number, names: readonly string[]) => void,
  ): Promise<ValidationResult> {
    let [loss, correct, count] = [0, 0, 0];
    for await (const batch of batches) {
      const [batchLoss, batchCorrect] = tf.tidy(() =>
        this.score.run(batchInputs(batch, this.model)).map((value) => value.dataSync()[0]),
      );
      onBatch?.(batchLoss, batch.names);
      loss += batchLoss * batch.classes.length;
      correct += batchCorrect;
      count += batch.classes.length;
    }
    return { loss: loss / count, accuracy: correct / count };
  }
}
