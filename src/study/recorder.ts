import { type Provenance, writeProvenance } from '../experiment/provenance';
import type { Run } from '../experiment/run-folder';
import type { ModelDescription } from '../model/model-description';
import { BEST_CHECKPOINT, LAST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import type { OptimizerState } from '../tensorflow/optimizer';
import type { GradientsListener } from '../tensorflow/program';
import type { tf } from '../tensorflow/tensorflow';
import { saveCheckpoint } from '../training/checkpoint';
import { type EpochRecord, writeHistory } from '../training/history';
import type { Prepared } from '../training/train';
import type { TrainingIdentity } from '../training/training-identity';
import type { ValidationResult } from '../training/validate';
import { EVENTS_FOLDER } from './tensorboard/event-file';
import { TensorBoardEvents } from './tensorboard/training-events';

/** What is trained, as its files say it. */
export interface Recorded {
  model: tf.LayersModel;
  description: ModelDescription;
  identity: TrainingIdentity;
  /** Its last part is the one that is going on. */
  provenance: Provenance;
}

/**
 * Keeps in a run's folder what its training is told to have done: history, checkpoints, provenance and what
 * TensorBoard shows.
 */
export class TrainingRecorder {
  private readonly part: Provenance['parts'][number];
  private readonly events: TensorBoardEvents;

  constructor(
    private readonly run: Run,
    private readonly recorded: Recorded,
  ) {
    const { parts } = recorded.provenance;
    this.part = parts[parts.length - 1];
    const { model, description } = recorded;
    const { epochs } = run.experiment.training;
    this.events = new TensorBoardEvents(run.path(EVENTS_FOLDER), { model, classes: description.classes, epochs });
  }

  begin(): void {
    writeProvenance(this.run, this.recorded.provenance);
  }

  prepared({ convolutionForms, classWeights }: Prepared): void {
    if (Object.keys(classWeights).length > 0) this.part.classWeights = classWeights;
    this.part.convolutionForms = { ...this.part.convolutionForms, ...convolutionForms };
    writeProvenance(this.run, this.recorded.provenance);
  }

  gradientsOf(epoch: number): GradientsListener | undefined {
    return this.events.gradientsOf(epoch);
  }

  async epoch(
    record: EpochRecord,
    history: readonly EpochRecord[],
    optimizer: () => OptimizerState,
    validation: ValidationResult,
  ): Promise<void> {
    const { run, part } = this;
    const { model, description, identity, provenance } = this.recorded;
    const { epoch, validationLoss, best } = record;
    const metadata = { ...description, epoch, validationLoss, training: identity };
    // The best checkpoint comes first, so that it is never worse than the history says. The last one comes last: a
    // training that ends before it repeats this epoch, with the same outcome.
    if (best) await saveCheckpoint(run.path(BEST_CHECKPOINT), model, metadata);
    writeHistory(run.path(), history);
    this.events.epoch(record, validation);
    part.firstEpoch ??= epoch;
    part.lastEpoch = epoch;
    writeProvenance(run, provenance);
    await saveCheckpoint(run.path(LAST_CHECKPOINT), model, metadata, optimizer());
  }

  end(): void {
    this.part.endedAt = new Date().toISOString();
    writeProvenance(this.run, this.recorded.provenance);
  }
}
