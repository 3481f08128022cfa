import { tf } from '../tensorflow/tensorflow';

/** Adam (Kingma & Ba 2015) with Keras's constants, whose learning rate may change from step to step. */
export class Adam extends tf.AdamOptimizer {
  constructor(learningRate: number) {
    super(learningRate, 0.9, 0.999, 1e-7);
  }

  setLearningRate(learningRate: number): void {
    this.learningRate = learningRate;
  }
}
