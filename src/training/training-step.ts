import type { Batch } from '../data/batches';
import type { Optimizer, OptimizerState } from '../tensorflow/optimizer';
import type { GradientsListener, Program, ProgramStep } from '../tensorflow/program';
import { tf } from '../tensorflow/tensorflow';
import { AccumulatedGradients, partSizes } from './accumulated-gradients';
import { batchInputs, inputSpecs, logitRows } from './batch-tensors';
import { clippedByNorm } from './clip-gradients';
import type { Loss } from './losses/loss';

/** How a batch changes the weights. */
export interface StepOptions {
  loss: Loss;
  optimizer: Optimizer;
  /** What the learning rate is multiplied by for a layer, by its name. */
  factorOf?: (layerName: string) => number;
  /** The norm that all gradients together are brought down to; null for none. */
  clipNorm?: number | null;
  /** Samples that go through the model at once; null for all of a batch. */
  microBatch?: number | null;
  /** Of the weights' exponential moving average, 0 to 1; null for none. */
  averageDecay?: number | null;
}

/** One model being trained: forward pass, loss, gradients and the optimizer's update, a batch at a time. */
export class TrainingStep {
  private readonly step: ProgramStep;
  /** The variable's name of each weight that is trained, by the weight's own name. */
  private readonly variableNames: readonly (readonly [weight: string, variable: string])[];
  private readonly accumulated: AccumulatedGradients | null;
  private readonly microBatch: number;
  /** Whether the model has the averages of its weights. */
  private averaged = false;

  /** @param program runs it, and keeps the weights meanwhile; `program.pull()` brings them into the model */
  constructor(
    private readonly model: tf.LayersModel,
    program: Program,
    { loss, optimizer, factorOf = () => 1, clipNorm = null, microBatch = null, averageDecay = null }: StepOptions,
  ) {
    const weights = model.trainableWeights;
    const variables = weights.map(variableOf);
    this.variableNames = weights.map(({ originalName }, index) => [originalName, variables[index].name]);
    const lossOf = (images: tf.Tensor, classes: tf.Tensor) => {
      const logits = model.apply(images, { training: true }) as tf.Tensor;
      return loss(logitRows(logits, classes), classes as tf.Tensor1D);
    };
    const accumulated = microBatch === null ? null : new AccumulatedGradients(model, program, variables, lossOf);
    this.microBatch = microBatch ?? 0;
    this.accumulated = accumulated;
    this.step = program.trainingStep({
      optimizer,
      variables,
      learningRateFactors: weights.map(({ originalName }) => factorOf(originalName.split('/')[0])),
      // Biases, and scale and shift of batch normalisation, are vectors.
      decayed: weights.map(({ shape }) => shape.length > 1),
      adjusted: clipNorm === null ? undefined : (gradients) => clippedByNorm(gradients, clipNorm),
      averaged: averageDecay === null ? undefined : { variables: changingVariables(model), decay: averageDecay },
      loss: accumulated ? () => accumulated.taken() : lossOf,
    });
  }

  /** Gets ready for batches of these sizes. */
  prepare(batchSizes: readonly number[]): void {
    if (!this.accumulated) for (const size of batchSizes) this.step.prepare(inputSpecs(this.model, size));
    else {
      this.accumulated.prepare(partSizes(batchSizes, this.microBatch));
      this.step.prepare([]);
    }
  }

  /**
   * @param onGradients is told the gradients by the weights' names; they live until it returns
   * @returns the loss before the update, in nats a pixel (or an example).
   */
  run(batch: Batch, learningRate: number, onGradients?: GradientsListener): number {
    const listener: GradientsListener | undefined =
      onGradients && ((gradients) => onGradients(this.byWeight(gradients)));
    if (this.averaged) this.exchange();
    const { accumulated } = this;
    if (!accumulated)
      return tf.tidy(() => this.step.run(batchInputs(batch, this.model), learningRate, listener).dataSync()[0]);
    const loss = accumulated.addBatch(batch, this.microBatch);
    tf.dispose(this.step.run([], learningRate, listener));
    return loss;
  }

  private byWeight(gradients: Readonly<Record<string, tf.Tensor>>): Record<string, tf.Tensor> {
    const known = this.variableNames.filter(([, variable]) => gradients[variable]);
    return Object.fromEntries(known.map(([weight, variable]) => [weight, gradients[variable]]));
  }

  /** Gives the model the averages of its weights, where they are kept; the next step goes on from the weights themselves. */
  average(): void {
    if (!this.averaged) this.exchange();
  }

  private exchange(): void {
    this.step.exchangeAverages();
    this.averaged = !this.averaged;
  }

  /** Frees what it keeps beside the model's weights; the program has to be disposed of before. */
  dispose(): void {
    this.accumulated?.dispose();
  }

  /**
   * What the optimizer remembers, in the order of the model's trainable weights, and the weights to go on from where the model
   * has their averages; the tensors are the caller's to dispose of.
   */
  optimizer(): OptimizerState {
    return this.step.state();
  }

  /** Takes up where `optimizer` was taken, after {@link average}. The tensors stay the caller's. */
  restore(optimizer: OptimizerState): void {
    this.step.restore(optimizer);
    this.averaged = true;
  }
}

/** LayerVariable keeps the variable itself protected; the optimizer needs it. */
function variableOf(weight: tf.LayersModel['weights'][number]): tf.Variable {
  return (weight as unknown as { val: tf.Variable }).val;
}

/** Weights that training changes, running statistics of batch normalisation included. */
function changingVariables(model: tf.LayersModel): tf.Variable[] {
  return model.layers.filter(({ trainable }) => trainable).flatMap(({ weights }) => weights.map(variableOf));
}
