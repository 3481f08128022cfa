import { existsSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { groupIndexByLabelId } from '../data/labels';
import { cropClassByLabelId } from '../data/object-crops';
import { cropSource, dataFingerprint, openDataset, sceneSource } from '../data/open-dataset';
import { RunError } from '../errors';
import { collectProvenance, type ProvenanceFacts, writeProvenance } from '../experiment/provenance';
import type { Run } from '../experiment/run-folder';
import { removeUnfinished } from '../experiment/write-file';
import { type BuildExperimentOptions, buildExperimentModel } from '../model/build-model';
import { BEST_CHECKPOINT, LAST_CHECKPOINT } from '../model/weights/checkpoint-folders';
import { tensorFlowRuntime, tf } from '../tensorflow/tensorflow';
import { saveCheckpoint, tidyCheckpoint } from './checkpoint';
import { type EpochRecord, HISTORY_FILE, historyLine } from './history';
import { resumedTraining, trainingIdentity } from './resume';
import { type TrainingData, type TrainingEvents, train } from './train';

export interface TrainRunEvents extends TrainingEvents, BuildExperimentOptions {
  /** The training was interrupted before, and goes on after these epochs; or all of them are done already. */
  onResume?: (history: readonly EpochRecord[]) => void | Promise<void>;
}

/**
 * Trains the model of a run and keeps what comes of it in the run folder: `history.jsonl`, the checkpoints of the last
 * epoch and of the lowest validation loss, and `provenance.json`.
 *
 * A training that was interrupted goes on from its last checkpoint, as if it had never stopped; one that is complete is
 * not repeated. It begins at the beginning where the experiment or the data set are others.
 *
 * @throws DataError, ModelError or RunError as the steps it takes
 */
export async function trainRun(
  run: Run,
  { onStep, onEpoch, onResume, onDownload }: TrainRunEvents = {},
): Promise<EpochRecord[]> {
  const { experiment } = run;
  const startedAt = new Date();
  if (existsSync(run.path())) removeUnfinished(run.path());
  const { data, fingerprint } = await trainingData(run);
  const { model, description } = await buildExperimentModel(experiment, { onDownload });
  const identity = trainingIdentity(experiment, fingerprint);
  const resume = resumedTraining(run, model, identity);
  try {
    if (resume) {
      tidyCheckpoint(run.path(LAST_CHECKPOINT), resume.history.length);
      await onResume?.(resume.history);
    } else for (const made of [HISTORY_FILE, 'checkpoints']) rmSync(run.path(made), { recursive: true, force: true });
    if (resume?.history.length === experiment.training.epochs) return [...resume.history];

    const provenance = { ...provenanceFacts(run, fingerprint, startedAt), ...(resume && earlier(run, startedAt)) };
    let forms = provenance.convolutionForms;
    writeProvenance(run, collectProvenance(provenance));
    const classOfLabelId = experiment.task === 'classification' ? cropClassByLabelId() : groupIndexByLabelId();
    const { seed, training: settings, execution } = experiment;
    const { encoder } = experiment.model;
    const options = { settings, execution, encoder, seed, ...description, classOfLabelId, resume };
    const history = await train(model, data, options, {
      onStep,
      onPrepared: ({ convolutionForms }) => {
        forms = { ...forms, ...convolutionForms };
        writeProvenance(run, collectProvenance({ ...provenance, convolutionForms: forms }));
      },
      onEpoch: async (record, records, optimizer) => {
        const { epoch, validationLoss, best } = record;
        const metadata = { ...description, epoch, validationLoss, training: identity };
        // The best checkpoint comes first, so that it is never worse than the history says. The last one comes last: a
        // training that ends before it repeats this epoch, with the same outcome.
        if (best) await saveCheckpoint(run.path(BEST_CHECKPOINT), model, metadata);
        run.write(HISTORY_FILE, records.map(historyLine).join(''));
        await saveCheckpoint(run.path(LAST_CHECKPOINT), model, metadata, optimizer());
        await onEpoch?.(record, records, optimizer);
      },
    });
    writeProvenance(run, collectProvenance({ ...provenance, convolutionForms: forms, endedAt: new Date() }));
    return history;
  } finally {
    tf.dispose(resume ? [...resume.optimizer.first, ...resume.optimizer.second] : []);
    model.dispose();
  }
}

function provenanceFacts({ experiment }: Run, dataFingerprint: string, startedAt: Date): ProvenanceFacts {
  const { version: tensorflowVersion, device } = tensorFlowRuntime();
  return { seed: experiment.seed, dataFingerprint, device, tensorflowVersion, startedAt };
}

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const recordedProvenance = z.looseObject({
  startedAt: time.optional(),
  resumedAt: z.array(time).default([]),
  convolutionForms: z.record(z.string(), z.string()).default({}),
});

/**
 * What holds on for a training that is taken up again: when it began, when it was taken up, and how it computed before.
 *
 * @throws RunError when `provenance.json` is damaged
 */
function earlier(run: Run, now: Date): Pick<ProvenanceFacts, 'startedAt' | 'resumedAt' | 'convolutionForms'> {
  const { success, data } = recordedProvenance.safeParse(run.readJson('provenance.json'));
  if (!success)
    throw new RunError(
      `${run.path('provenance.json')}: does not say when the run began and how it computed`,
      'start the run anew with --fresh',
    );
  return {
    startedAt: new Date(data.startedAt ?? now),
    resumedAt: [...data.resumedAt.map((date) => new Date(date)), now],
    convolutionForms: data.convolutionForms,
  };
}

async function trainingData({ experiment }: Run): Promise<{ data: TrainingData; fingerprint: string }> {
  const { task, data: settings, seed } = experiment;
  const dataset = await openDataset(settings);
  const source = (split: 'train' | 'validation') =>
    task === 'classification' ? cropSource(dataset, settings, split, seed) : sceneSource(dataset, settings, split);
  const data = { training: source('train'), validation: source('validation') };
  return { data, fingerprint: await dataFingerprint(dataset, settings, ['train', 'validation']) };
}
