import { appendFileSync, rmSync } from 'node:fs';
import { groupIndexByLabelId } from '../data/labels';
import { cropClassByLabelId } from '../data/object-crops';
import { cropSource, dataFingerprint, openDataset, sceneSource } from '../data/open-dataset';
import { collectProvenance, writeProvenance } from '../experiment/provenance';
import type { Run } from '../experiment/run-folder';
import { buildExperimentModel } from '../model/build-model';
import { BEST_CHECKPOINT, LAST_CHECKPOINT } from '../model/weights-file';
import { tensorFlowRuntime } from '../tensorflow/tensorflow';
import { saveCheckpoint } from './checkpoint';
import { type EpochRecord, historyLine } from './history';
import { type TrainingData, type TrainingEvents, train } from './train';

/** Each epoch is one line of this file in the run folder, written as it ends. */
export const HISTORY_FILE = 'history.jsonl';

/**
 * Trains the model of a run and keeps what comes of it in the run folder: `history.jsonl`, the checkpoints of the last
 * epoch and of the lowest validation loss, and `provenance.json`.
 *
 * @throws DataError, ModelError or RunError as the steps it takes
 */
export async function trainRun(run: Run, { onStep, onEpoch }: TrainingEvents = {}): Promise<EpochRecord[]> {
  const { experiment } = run;
  const startedAt = new Date();
  const { data, fingerprint } = await trainingData(run);
  const { model, description } = buildExperimentModel(experiment);
  const { version, device } = tensorFlowRuntime();
  const provenance = {
    seed: experiment.seed,
    dataFingerprint: fingerprint,
    device,
    tensorflowVersion: version,
    startedAt,
  };
  writeProvenance(run, collectProvenance(provenance));
  rmSync(run.path(HISTORY_FILE), { force: true });

  const classOfLabelId = experiment.task === 'classification' ? cropClassByLabelId() : groupIndexByLabelId();
  const options = { settings: experiment.training, seed: experiment.seed, ...description, classOfLabelId };
  const history = await train(model, data, options, {
    onStep,
    onEpoch: async (record) => {
      const metadata = { ...description, epoch: record.epoch, validationLoss: record.validationLoss };
      await saveCheckpoint(run.path(LAST_CHECKPOINT), model, metadata);
      if (record.best) await saveCheckpoint(run.path(BEST_CHECKPOINT), model, metadata);
      appendFileSync(run.path(HISTORY_FILE), historyLine(record));
      await onEpoch?.(record);
    },
  });
  model.dispose();
  writeProvenance(run, collectProvenance({ ...provenance, endedAt: new Date() }));
  return history;
}

async function trainingData({ experiment }: Run): Promise<{ data: TrainingData; fingerprint: string }> {
  const { task, data: settings, seed } = experiment;
  const dataset = await openDataset(settings);
  const source = (split: 'train' | 'validation') =>
    task === 'classification' ? cropSource(dataset, settings, split, seed) : sceneSource(dataset, settings, split);
  const data = { training: source('train'), validation: source('validation') };
  return { data, fingerprint: dataFingerprint(dataset) };
}
