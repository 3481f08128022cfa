import { classSet } from '../data/classes';
import { CROP_LABELS } from '../data/object-crops';
import { loadExperiment } from '../experiment/load';
import { openRun, type Run } from '../experiment/run-folder';
import { validationLossFigure } from '../report/figures/validation-loss';
import { makeNeededRuns } from '../report/notebook/needed-runs';
import { LiveFigure } from '../report/notebook/notebook-figure';
import { trainingProgress } from '../report/notebook/progress-line';
import { trainRun } from '../study/train';
import type { EpochRecord } from '../training/history';
import { type OwnFunctions, ownIdentity } from '../training/own-functions';

/**
 * Trains an experiment with a loss or an augmentation of one's own, and shows its curve meanwhile. Validation, checkpoints
 * and the rest are as ever: stopped, it goes on from its last checkpoint when it is called again with the same functions;
 * with others it has another run folder.
 *
 * @param experiment the path of its YAML; what it needs of others is made first
 * @returns the run, whose `folder` other functions take, and a record of each epoch
 * @throws RunError for functions that do not give what they should, and as `trainRun`
 */
export async function tryTraining(
  experiment: string,
  own: OwnFunctions = {},
): Promise<{ run: Run; history: EpochRecord[] }> {
  const { task, data } = loadExperiment(experiment).experiment;
  const classes = task === 'classification' ? CROP_LABELS.length : classSet(data.classes).classes.length;
  const identity = ownIdentity(own, { classes, size: data.size });
  const set = identity ? [`training.own=${identity}`] : [];
  await makeNeededRuns(experiment);
  const run = openRun(experiment, { set });
  console.log(`results in ${run.folder}`);

  const { model, training, description } = run.experiment;
  const pretrained = model.encoder.weights !== null;
  const curve = (history: readonly EpochRecord[]) =>
    validationLossFigure([{ label: own.loss ? 'Own loss' : 'Loss', pretrained, history }], { subtitle: description });
  const live = new LiveFigure();
  await live.update(() => curve([]), { now: true });
  const history = await trainRun(
    run,
    {
      onStep: trainingProgress(),
      onEpoch: (_record, soFar) => live.update(() => curve(soFar)),
      onResume: (soFar) => console.log(`${soFar.length} of ${training.epochs} epochs are done already`),
    },
    own,
  );
  await live.update(() => curve(history), { now: true });
  return { run, history };
}
