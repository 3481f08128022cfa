import type { Batch } from '../data/batches';
import { tf } from '../tensorflow/tensorflow';
import { Adam } from './adam';
import { classesTensor, crossEntropy, imagesTensor } from './loss';

/** One model being trained: forward pass, loss, gradients and Adam's update, a batch at a time. */
export class TrainingStep {
  private readonly optimizer = new Adam(0);
  private readonly variables: tf.Variable[];

  constructor(private readonly model: tf.LayersModel) {
    // LayerVariable keeps the variable itself protected; the optimizer needs it.
    this.variables = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
  }

  /** @returns the loss before the update, in nats a pixel (or an example). */
  async run(batch: Batch, learningRate: number): Promise<number> {
    this.optimizer.setLearningRate(learningRate);
    const images = imagesTensor(batch, this.model);
    const classes = classesTensor(batch);
    const forward = () => crossEntropy(this.model.apply(images, { training: true }) as tf.Tensor, classes);
    const loss = this.optimizer.minimize(forward, true, this.variables)!;
    const [value] = await loss.data();
    tf.dispose([images, classes, loss]);
    return value;
  }

  /** Frees Adam's slots; the model stays. */
  dispose(): void {
    this.optimizer.dispose();
  }
}
