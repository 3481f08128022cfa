import { type BatchOptions, batchCount, batches, batchSizes, epochRandom } from '../data/batches';
import type { SampleSource } from '../data/sample-source';
import { RunError } from '../errors';
import type { Experiment } from '../experiment/schema';
import { freezeBlocks } from '../model/decoders/u-net';
import { freezePhases } from '../model/frozen-blocks';
import type { Execution } from '../tensorflow/execution';
import type { OptimizerState } from '../tensorflow/optimizer';
import { createProgram, type Program } from '../tensorflow/program';
import type { tf } from '../tensorflow/tensorflow';
import { requireBatchStatistics } from './batch-statistics';
import type { EpochRecord } from './history';
import { runningMomentum, setRunningMomentum } from './running-statistics';
import { learningRateAt, learningRateFactor } from './schedules/exponential';
import { TrainingStep } from './training-step';
import { Validation } from './validate';

export interface TrainingData {
  training: SampleSource;
  validation: SampleSource;
}

export interface TrainingOptions extends Pick<BatchOptions, 'preprocessing' | 'classOfLabelId'> {
  /** Epochs, batch size, learning rate and its decay, augmentation. */
  settings: Experiment['training'];
  execution: Execution;
  /** Which groups of the encoder were taken over, and which are frozen when; without it none. */
  encoder?: Pick<Experiment['model']['encoder'], 'weights' | 'blocks' | 'freeze' | 'freezeBatchNorm'>;
  /** Orders and mirrors the samples. */
  seed: number;
  /** Take up after these epochs; the model has the weights that they left. */
  resume?: TrainingState;
}

/** Where a training stands after an epoch: with the model's weights, all that the next epoch depends on. */
export interface TrainingState {
  /** The epochs done, in their order. */
  history: readonly EpochRecord[];
  optimizer: OptimizerState;
}

export interface StepProgress {
  epoch: number;
  epochs: number;
  /** Steps done in this epoch, and how many it has. */
  step: number;
  steps: number;
  /** Mean training loss of the epoch so far. */
  loss: number;
}

export interface TrainingEvents {
  /**
   * Told when a step is compiled (once, or again where other groups are frozen from an epoch on) in which forms other than
   * TensorFlow's own it computes convolutions.
   */
  onPrepared?: (prepared: { convolutionForms: Readonly<Record<string, string>> }) => void;
  onStep?: (progress: StepProgress) => void;
  /**
   * Awaited, so that a checkpoint is on disk before the next epoch begins.
   *
   * @param history this record last
   * @param optimizer makes a copy of what the optimizer remembers, whose tensors are the caller's to dispose of
   */
  onEpoch?: (
    record: EpochRecord,
    history: readonly EpochRecord[],
    optimizer: () => OptimizerState,
  ) => void | Promise<void>;
}

/**
 * Trains a model: each epoch goes once through the shuffled training samples, then through the validation samples, and
 * multiplies the learning rate by its decay. The caller saves what it wants in `onEpoch`; `record.best` says when. Order,
 * mirroring and learning rate of an epoch follow from its number, so a training that is taken up again goes on as if it
 * had never stopped. Where other groups of the encoder are frozen from an epoch on, the optimizer begins anew.
 *
 * @returns one record an epoch, those of `resume` included
 * @throws ModelError when a batch is too small for batch normalisation, see {@link requireBatchStatistics}
 * @throws RunError when the loss of a batch is no longer finite, in training or in validation
 */
export async function train(
  model: tf.LayersModel,
  data: TrainingData,
  options: TrainingOptions,
  events: TrainingEvents = {},
): Promise<EpochRecord[]> {
  const { settings, execution, encoder, resume } = options;
  const history = [...(resume?.history ?? [])];
  requireBatchStatistics(model, batchSizes(data.training, settings.batchSize), data.training.length);
  setRunningMomentum(model, runningMomentum(batchCount(data.training, settings.batchSize)));
  for (const { firstEpoch, lastEpoch, frozenBlocks } of freezePhases(encoder?.freeze ?? [], settings.epochs)) {
    if (lastEpoch <= history.length) continue;
    if (encoder) freezeBlocks(model, frozenBlocks, { batchNorm: encoder.freezeBatchNorm });
    const optimizer = firstEpoch <= history.length ? resume?.optimizer : undefined;
    const program = createProgram(execution);
    try {
      await trainEpochs(program, model, data, options, events, { history, lastEpoch, optimizer });
    } finally {
      program.dispose();
    }
  }
  return history;
}

interface Epochs {
  /** The epochs done, to which those that are trained are added. */
  history: EpochRecord[];
  lastEpoch: number;
  /** What the optimizer remembers from the epochs before; nothing when it begins anew. */
  optimizer?: OptimizerState;
}

async function trainEpochs(
  program: Program,
  model: tf.LayersModel,
  data: TrainingData,
  { settings, encoder, seed, preprocessing, classOfLabelId }: TrainingOptions,
  { onPrepared, onStep, onEpoch }: TrainingEvents,
  { history, lastEpoch, optimizer }: Epochs,
): Promise<void> {
  const { epochs, batchSize, horizontalFlip, encoderLearningRateFactor } = settings;
  const encoding = { batchSize, preprocessing, classOfLabelId };
  const steps = batchCount(data.training, batchSize);
  const trainingStep = new TrainingStep(model, program, (layerName) =>
    encoder ? learningRateFactor(layerName, encoder, encoderLearningRateFactor) : 1,
  );
  const validation = new Validation(model, program);
  trainingStep.prepare(batchSizes(data.training, batchSize));
  validation.prepare(batchSizes(data.validation, batchSize));
  onPrepared?.({ convolutionForms: program.convolutionForms });
  if (optimizer) trainingStep.restore(optimizer);

  for (let epoch = history.length + 1; epoch <= lastEpoch; epoch += 1) {
    const started = performance.now();
    const learningRate = learningRateAt(settings, epoch);
    let [lossSum, samples, step, waited] = [0, 0, 0, 0];
    let idleSince = performance.now();
    const random = epochRandom(seed, epoch);
    for await (const batch of batches(data.training, { ...encoding, random, horizontalFlip })) {
      waited += performance.now() - idleSince;
      const loss = trainingStep.run(batch, learningRate);
      step += 1;
      requireFinite(loss, `epoch ${epoch}, step ${step}`, learningRate, batch.names);
      lossSum += loss * batch.names.length;
      samples += batch.names.length;
      onStep?.({ epoch, epochs, step, steps, loss: lossSum / samples });
      idleSince = performance.now();
    }
    const { loss, accuracy } = await validation.run(batches(data.validation, encoding), (batchLoss, names) =>
      requireFinite(batchLoss, `epoch ${epoch}, validation`, learningRate, names),
    );
    program.pull();
    const elapsed = performance.now() - started;
    const record: EpochRecord = {
      epoch,
      learningRate,
      trainingLoss: lossSum / samples,
      validationLoss: loss,
      validationAccuracy: accuracy,
      seconds: elapsed / 1000,
      waiting: waited / elapsed,
      best: history.every(({ validationLoss }) => loss < validationLoss),
    };
    history.push(record);
    await onEpoch?.(record, history, () => trainingStep.optimizer());
  }
}

function requireFinite(loss: number, when: string, learningRate: number, names: readonly string[]): void {
  if (Number.isFinite(loss)) return;
  throw new RunError(
    `${when}: the loss is ${loss} at learning rate ${learningRate}; batch: ${names.join(', ')}`,
    'lower training.learningRate, or look at these files; the checkpoints of the epochs before are kept',
  );
}
