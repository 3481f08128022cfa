import { augmenters } from '../data/augmentations';
import type { Augmenter } from '../data/augmentations/augmentation';
import { type BatchOptions, batchCount, batches, batchSizes, epochRandom } from '../data/batches';
import { IGNORED } from '../data/classes/class-set';
import type { SampleSource } from '../data/sample-source';
import { RunError } from '../errors';
import { DEFAULT_ENCODER, ENCODERS } from '../model/encoders';
import { type Freeze, freezeBlocks, freezePhases } from '../model/frozen-blocks';
import { type Execution, executionSchema } from '../tensorflow/execution';
import type { OptimizerState } from '../tensorflow/optimizer';
import { createProgram, type GradientsListener } from '../tensorflow/program';
import type { tf } from '../tensorflow/tensorflow';
import { partSizes } from './accumulated-gradients';
import { requireBatchStatistics } from './batch-statistics';
import { type EpochRecord, isOver } from './history';
import { learningRateFactor, type TakenOver } from './learning-rate-factor';
import { createLoss, lossNeedsShares, lossWeights } from './losses';
import { classShares } from './losses/class-shares';
import { createOptimizer } from './optimizers';
import { type OwnFunctions, ownAugmenter } from './own-functions';
import { runningMomentum, setRunningMomentum } from './running-statistics';
import { learningRateAt } from './schedules';
import { type TrainingOptions, type TrainingSettings, trainingOptionsSchema } from './training-options';
import { TrainingStep } from './training-step';
import { Validation, type ValidationResult } from './validate';

export interface TrainingData {
  training: SampleSource;
  validation: SampleSource;
}

export interface Training extends Pick<BatchOptions, 'preprocessing' | 'classOfLabelId'> {
  /** Trained in place. */
  model: tf.LayersModel;
  data: TrainingData;
  /** Epochs, batch size, learning rate and so on; what is not given has its default. */
  settings?: TrainingSettings;
  /** Compiled and tuned in float32 by default. */
  execution?: Execution;
  /** Which blocks of the encoder were taken over, and which are frozen when; without it none. */
  encoder?: TakenOver & { freeze: Freeze; freezeBatchNorm: boolean };
  /** Orders and augments the samples. */
  seed?: number;
  /** The class that `settings.ignoreVoid` is about, if there is one. */
  voidClass?: number;
  /** A loss and an augmentation that no name stands for. */
  own?: OwnFunctions;
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

export interface Prepared {
  convolutionForms: Readonly<Record<string, string>>;
  classWeights: Readonly<Record<string, number[]>>;
}

export interface TrainingEvents {
  /**
   * Told when a step is compiled (once, or again where other blocks are frozen from an epoch on) in which forms other than
   * TensorFlow's own it computes convolutions, and with which class weights, by the losses' names.
   */
  onPrepared?: (prepared: Prepared) => void;
  onStep?: (progress: StepProgress) => void;
  /** What is to be told the gradients of an epoch's last step, by the weights' names; nothing where it gives nothing. */
  onGradients?: (epoch: number) => GradientsListener | undefined;
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
    validation: ValidationResult,
  ) => void | Promise<void>;
}

/**
 * Trains a model: each epoch goes once through the shuffled training samples, then through the validation samples. The
 * caller saves what it wants in `onEpoch`; `record.best` says when. Order, augmentation and learning rate of an epoch follow
 * from its number, so a training that is taken up again goes on as if it had never stopped. Where other groups of the
 * encoder are frozen from an epoch on, the optimizer begins again, and with it the weights' average, from what that was.
 *
 * @returns one record an epoch, those of `resume` included
 * @throws ModelError when a batch is too small for batch normalisation, see {@link requireBatchStatistics}
 * @throws RunError when the loss of a batch is no longer finite, in training or in validation
 */
export async function train(training: Training, { onPrepared, onStep, onGradients, onEpoch }: TrainingEvents = {}) {
  const { model, data, preprocessing, encoder, own = {}, seed = 1, resume } = training;
  const settings = trainingOptionsSchema.parse(training.settings ?? {});
  const execution = training.execution ?? executionSchema.parse({});
  const augmentations = [
    ...augmentersOf(settings, model.inputs[0].shape[1]!),
    ...(own.augmentation ? [ownAugmenter(own.augmentation)] : []),
  ];
  const { epochs, batchSize, clipNorm, averageDecay, encoderLearningRateFactor } = settings;
  const microBatch = settings.microBatch !== null && settings.microBatch < batchSize ? settings.microBatch : null;
  const classOfLabelId = countedClasses(training, settings);
  const encoding = { batchSize, preprocessing, classOfLabelId };
  const sizes = batchSizes(data.training, batchSize);
  const steps = batchCount(data.training, batchSize);
  const history = [...(resume?.history ?? [])];
  const atOnce = microBatch ?? batchSize;
  requireBatchStatistics(model, partSizes(sizes, atOnce), { samples: data.training.length, microBatch });
  setRunningMomentum(model, runningMomentum(batchCount(data.training, atOnce)));
  const classes = model.outputs[0].shape[model.outputs[0].shape.length - 1] as number;
  const terms = own.loss ? [] : settings.loss;
  const shares = lossNeedsShares(terms) ? await classShares(data.training, classOfLabelId, classes) : null;
  const ignoring = classOfLabelId.includes(IGNORED);
  const loss = createLoss(own.loss ?? terms, { classes, shares }, { ignoring });
  const classWeights = lossWeights(terms, { classes, shares });

  for (const { firstEpoch, lastEpoch, frozenBlocks } of freezePhases(encoder?.freeze ?? [], epochs)) {
    if (lastEpoch <= history.length || isOver(history, settings)) continue;
    if (encoder)
      freezeBlocks(model, frozenBlocks, {
        batchNorm: encoder.freezeBatchNorm,
        encoder: ENCODERS[encoder.name ?? DEFAULT_ENCODER],
      });
    const program = createProgram(execution);
    let trainingStep: TrainingStep | undefined;
    try {
      const factorOf = (layer: string) => (encoder ? learningRateFactor(layer, encoder, encoderLearningRateFactor) : 1);
      trainingStep = new TrainingStep(model, program, {
        loss,
        optimizer: createOptimizer(settings.optimizer),
        factorOf,
        clipNorm,
        microBatch,
        averageDecay,
      });
      const validation = new Validation(model, program, loss);
      trainingStep.prepare(sizes);
      validation.prepare(batchSizes(data.validation, atOnce));
      onPrepared?.({ convolutionForms: program.convolutionForms, classWeights });
      if (resume && firstEpoch <= resume.history.length) trainingStep.restore(resume.optimizer);

      for (let epoch = history.length + 1; epoch <= lastEpoch && !isOver(history, settings); epoch += 1) {
        const started = performance.now();
        let [lossSum, samples, step, waited, learningRate] = [0, 0, 0, 0, 0];
        let idleSince = performance.now();
        const random = epochRandom(seed, epoch);
        for await (const batch of batches(data.training, { ...encoding, random, augmentations })) {
          waited += performance.now() - idleSince;
          step += 1;
          learningRate = learningRateAt(settings, epoch, step, steps);
          const listener = step === steps ? onGradients?.(epoch) : undefined;
          const batchLoss = trainingStep.run(batch, learningRate, listener);
          requireFinite(batchLoss, `epoch ${epoch}, step ${step}`, learningRate, batch.names);
          lossSum += batchLoss * batch.names.length;
          samples += batch.names.length;
          onStep?.({ epoch, epochs, step, steps, loss: lossSum / samples });
          idleSince = performance.now();
        }
        trainingStep.average();
        const validated = await validation.run(
          batches(data.validation, { ...encoding, batchSize: atOnce }),
          (batchLoss, names) => requireFinite(batchLoss, `epoch ${epoch}, validation`, learningRate, names),
        );
        const { loss: validationLoss, accuracy } = validated;
        program.pull();
        const elapsed = performance.now() - started;
        const record: EpochRecord = {
          epoch,
          learningRate,
          trainingLoss: lossSum / samples,
          validationLoss,
          validationAccuracy: accuracy,
          seconds: elapsed / 1000,
          waiting: waited / elapsed,
          best: history.every((earlier) => validationLoss < earlier.validationLoss),
        };
        history.push(record);
        await onEpoch?.(record, history, () => trainingStep!.optimizer(), validated);
      }
    } finally {
      program.dispose();
      trainingStep?.dispose();
    }
  }
  return history;
}

/** What varies the samples of a training. @param size side of the model's input in pixels */
export function augmentersOf(
  { augmentation, horizontalFlip }: Pick<TrainingOptions, 'augmentation' | 'horizontalFlip'>,
  size: number,
): Augmenter[] {
  return augmenters({ ...augmentation, mirror: horizontalFlip ? { probability: 0.5 } : null }, size);
}

/** Class of each label id, {@link IGNORED} for what is not to count. */
function countedClasses({ classOfLabelId, voidClass }: Training, { ignoreVoid }: TrainingOptions): Uint8Array {
  return ignoreVoid ? classOfLabelId.map((each) => (each === voidClass ? IGNORED : each)) : classOfLabelId;
}

function requireFinite(loss: number, when: string, learningRate: number, names: readonly string[]): void {
  if (Number.isFinite(loss)) return;
  throw new RunError(
    `${when}: the loss is ${loss} at learning rate ${learningRate}; batch: ${names.join(', ')}`,
    'lower training.learningRate, or look at these files; the checkpoints of the epochs before are kept',
  );
}
