import type { Batch } from '../data/batches';
import type { Optimizer, OptimizerState } from '../tensorflow/optimizer';
import type { Program, ProgramStep } from '../tensorflow/program';
import { tf } from '../tensorflow/tensorflow';
import { batchInputs, inputSpecs, logitRows } from './batch-tensors';
import type { Loss } from './losses/loss';

/** One model being trained: forward pass, loss, gradients and the optimizer's update, a batch at a time. */
export class TrainingStep {
  private readonly step: ProgramStep;

  /**
   * @param program runs it, and keeps the weights meanwhile; `program.pull()` brings them into the model
   * @param factorOf what the learning rate is multiplied by for a layer, by its name
   */
  constructor(
    private readonly model: tf.LayersModel,
    program: Program,
    loss: Loss,
    optimizer: Optimizer,
    factorOf: (layerName: string) => number = () => 1,
  ) {
    const weights = model.trainableWeights;
    this.step = program.trainingStep({
      optimizer,
      // LayerVariable keeps the variable itself protected; the optimizer needs it.
      variables: weights.map((weight) => (weight as unknown as { val: tf.Variable }).val),
      learningRateFactors: weights.map(({ originalName }) => factorOf(originalName.split('/')[0])),
      // Biases, and scale and shift of batch normalisation, are vectors.
      decayed: weights.map(({ shape }) => shape.length > 1),
      loss: (images, classes) => {
        const logits = model.apply(images, { training: true }) as tf.Tensor;
        return loss(logitRows(logits, classes), classes as tf.Tensor1D);
      },
    });
  }

  /** Gets ready for batches of these sizes. */
  prepare(batchSizes: readonly number[]): void {
    for (const size of batchSizes) this.step.prepare(inputSpecs(this.model, size));
  }

  /** @returns the loss before the update, in nats a pixel (or an example). */
  run(batch: Batch, learningRate: number): number {
    return tf.tidy(() => this.step.run(batchInputs(batch, this.model), learningRate).dataSync()[0]);
  }

  /** What the optimizer remembers, in the order of the model's trainable weights; the tensors are the caller's to dispose of. */
  optimizer(): OptimizerState {
    return this.step.state();
  }

  /** Takes up where `optimizer` was taken. The tensors stay the caller's. */
  restore(optimizer: OptimizerState): void {
    this.step.restore(optimizer);
  }
}
