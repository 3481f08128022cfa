import { existsSync } from 'node:fs';
import { classSet } from '../data/classes';
import { cropClassByLabelId } from '../data/object-crops';
import { openDataset } from '../data/open-dataset';
import { RunError } from '../errors';
import { beginPart, PROVENANCE_FILE, type Provenance, readProvenance, writeProvenance } from '../experiment/provenance';
import type { Run } from '../experiment/run-folder';
import type { Experiment } from '../experiment/schema';
import { holdingFolder } from '../files/folder-lock';
import { removeFile, removeUnfinished } from '../files/write-file';
import { type BuildExperimentOptions, buildExperimentModel } from '../model/build-model';
import { LAST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { stateTensors } from '../tensorflow/optimizer';
import { tensorFlowRuntime, tf } from '../tensorflow/tensorflow';
import { tidyCheckpoint } from '../training/checkpoint';
import { type EpochRecord, HISTORY_FILE, isOver } from '../training/history';
import { type OwnFunctions, ownIdentity } from '../training/own-functions';
import { type Training, type TrainingEvents, train } from '../training/train';
import type { TrainingIdentity } from '../training/training-identity';
import { continueFromOther, type Origin } from './continuation';
import { TrainingRecorder } from './recorder';
import { resumedTraining } from './resume';
import { epochsDone, isTrainedAs, presentIdentity } from './standing';
import { EVENTS_FOLDER } from './tensorboard/event-file';
import { trainingData } from './training-data';

export interface TrainRunEvents extends TrainingEvents, BuildExperimentOptions {
  /** The training was interrupted before, and goes on after these epochs; or all of them are done already. */
  onResume?: (history: readonly EpochRecord[]) => void | Promise<void>;
}

/**
 * Trains the model of a run and keeps what comes of it in the run folder: `history.jsonl`, the checkpoints of the last
 * epoch and of the lowest validation loss, and `provenance.json`.
 *
 * A training that was interrupted goes on from its last checkpoint, as if it had never stopped; so does one whose first
 * epochs were done by a run beside it that differs in nothing but `training.epochs`. One that is complete is not repeated.
 *
 * One process at a time trains in a folder.
 *
 * @param own a loss and an augmentation that the experiment's `training.own` stands for
 * @throws RunError when another training works in the folder, or it holds epochs of another one: other settings, data or
 * weights; DataError, ModelError or RunError as the steps it takes
 */
export async function trainRun(run: Run, events: TrainRunEvents = {}, own: OwnFunctions = {}): Promise<EpochRecord[]> {
  return holdingFolder(run.path(), () => trainHeldRun(run, events, own));
}

/** @throws RunError when the functions are not those that an experiment stands for */
function requireSameFunctions(
  { own: wanted }: Experiment['training'],
  own: OwnFunctions,
  model: { classes: number; size: number },
): void {
  const found = ownIdentity(own, model);
  if (found === wanted) return;
  throw new RunError(
    `training.own is ${wanted ?? 'null'}, and ${found ?? 'no function'} is handed over`,
    'train it where its functions are, in a notebook (`tryTraining` of src/explore)',
  );
}

async function trainHeldRun(
  run: Run,
  { onStep, onEpoch, onResume, onDownload }: TrainRunEvents,
  own: OwnFunctions,
): Promise<EpochRecord[]> {
  const { experiment } = run;
  const startedAt = new Date();
  if (existsSync(run.path())) removeUnfinished(run.path());
  const dataset = await openDataset(experiment.data);
  const { model, description } = await buildExperimentModel(experiment, { onDownload });
  let held: tf.Tensor[] = [];
  try {
    requireSameFunctions(experiment.training, own, { classes: description.classes.length, size: description.size });
    const identity = await presentIdentity(experiment, dataset);
    const origin = epochsDone(run, identity) === 0 ? await beginning(run, identity) : undefined;
    const resume = resumedTraining(run, model, identity);
    if (resume) {
      held = stateTensors(resume.optimizer);
      tidyCheckpoint(run.path(LAST_CHECKPOINT), resume.history.length);
      await onResume?.(resume.history);
    }
    const provenance = provenanceOf(run, identity, startedAt, origin);
    if (resume && isOver(resume.history, experiment.training) && (await isTrainedAs(run, identity))) {
      if (origin) writeProvenance(run, { ...provenance, parts: provenance.parts.slice(0, -1) });
      return [...resume.history];
    }
    const recorder = new TrainingRecorder(run, { model, description, identity, provenance });
    recorder.begin();
    const training: Training = {
      model,
      data: trainingData(experiment, dataset),
      preprocessing: description.preprocessing,
      classOfLabelId:
        experiment.task === 'classification' ? cropClassByLabelId() : classSet(experiment.data.classes).classOfLabelId,
      voidClass: description.classes.indexOf('void'),
      settings: experiment.training,
      execution: experiment.execution,
      encoder: experiment.model.encoder,
      seed: experiment.seed,
      own,
      resume,
    };
    try {
      const history = await train(training, {
        onStep,
        onPrepared: (prepared) => recorder.prepared(prepared),
        onGradients: (epoch) => recorder.gradientsOf(epoch),
        onEpoch: async (...done) => {
          await recorder.epoch(...done);
          await onEpoch?.(...done);
        },
      });
      recorder.end();
      return history;
    } catch (error) {
      try {
        recorder.end();
      } catch {} // What went wrong first is what is to be told.
      throw error;
    }
  } finally {
    tf.dispose(held);
    model.dispose();
  }
}

/** A folder without epochs gets those of a run with fewer, where there is one; what is left of a first epoch is removed. */
async function beginning(run: Run, identity: TrainingIdentity): Promise<Origin | undefined> {
  for (const made of [HISTORY_FILE, 'checkpoints', PROVENANCE_FILE, EVENTS_FOLDER]) removeFile(run.path(made));
  return continueFromOther(run, identity);
}

/** What is known of the training before, with the part that begins now at the end. */
function provenanceOf(run: Run, { data, weights }: TrainingIdentity, startedAt: Date, origin?: Origin): Provenance {
  const { version: tensorflowVersion, device } = tensorFlowRuntime();
  const { seed, model } = run.experiment;
  const { continuedFrom = null, parts = [] } = readProvenance(origin?.folder ?? run.path()) ?? {};
  const source = model.encoder.weights;
  return {
    seed,
    dataFingerprint: data,
    weights: source !== null && weights !== null ? { source, sha256: weights } : null,
    continuedFrom: origin ?? continuedFrom,
    parts: [...parts, beginPart({ device, tensorflowVersion, startedAt })],
  };
}
