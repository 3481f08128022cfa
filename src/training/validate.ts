import type { Batch } from '../data/batches';
import { IGNORED } from '../data/classes/class-set';
import type { Program, ProgramFunction } from '../tensorflow/program';
import { tf } from '../tensorflow/tensorflow';
import { batchInputs, inputSpecs, logitRows } from './batch-tensors';
import type { Loss } from './losses/loss';

export interface ValidationResult {
  /** Mean cross-entropy a pixel (or an example), in nats. */
  loss: number;
  /** Share of pixels (or examples) whose class is right, 0 to 1. */
  accuracy: number;
  /** Pixels (or examples) by their class and the predicted one: `[class * classes + predicted]`; what has no class is left out. */
  confusion: Float64Array;
}

/** Loss and accuracy over all batches, each pixel weighing the same, with batch normalisation's running statistics. */
export class Validation {
  private readonly score: ProgramFunction;

  /** @param program the one that trains the model, so that its weights need not be copied */
  constructor(
    private readonly model: tf.LayersModel,
    program: Program,
    loss: Loss,
  ) {
    this.score = program.function((images, classes) => {
      const logits = logitRows(model.apply(images, { training: false }) as tf.Tensor, classes);
      const predicted = tf.argMax(logits, 1);
      const right = tf.equal(predicted, classes);
      return [loss(logits, classes as tf.Tensor1D), tf.sum(right), predicted];
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
    const size = this.model.outputs[0].shape.at(-1)!;
    const confusion = new Float64Array(size * size);
    for await (const batch of batches) {
      const [[batchLoss], [batchCorrect], predicted] = tf.tidy(() =>
        this.score.run(batchInputs(batch, this.model)).map((value) => value.dataSync()),
      );
      onBatch?.(batchLoss, batch.names);
      const counted = batch.classes.reduce((sum, each) => sum + (each === IGNORED ? 0 : 1), 0);
      loss += batchLoss * counted;
      correct += batchCorrect;
      count += counted;
      batch.classes.forEach((one, index) => {
        if (one < size) confusion[one * size + predicted[index]] += 1;
      });
    }
    return { loss: loss / count, accuracy: correct / count, confusion };
  }
}
