import { heightForCrops } from '../data/augmentations/crop';
import { epochPlan, epochRandom } from '../data/batches';
import type { Dataset } from '../data/dataset';
import { cropSource, sceneSource } from '../data/open-dataset';
import type { Sample } from '../data/prepare-scene';
import type { Experiment } from '../experiment/schema';
import { augmentersOf, type TrainingData } from '../training/train';

/** The samples that an experiment trains on and is validated with. */
export function trainingData(
  { task, data, seed, training }: Pick<Experiment, 'task' | 'data' | 'seed' | 'training'>,
  dataset: Dataset,
): TrainingData {
  if (task === 'classification') {
    const source = (split: 'train' | 'validation') => cropSource(dataset, data, split, seed);
    return { training: source('train'), validation: source('validation') };
  }
  const { crop } = training.augmentation;
  const size = crop ? { height: heightForCrops(crop, data.size) } : data.size;
  return {
    training: sceneSource(dataset, { ...data, size }, 'train'),
    validation: sceneSource(dataset, data, 'validation'),
  };
}

/** One training sample as each of these epochs sees it. @param index among the samples, before they are shuffled */
export async function sampleInEpochs(
  experiment: Pick<Experiment, 'task' | 'data' | 'seed' | 'training'>,
  dataset: Dataset,
  { index = 0, epochs }: { index?: number; epochs: readonly number[] },
): Promise<Sample[]> {
  const { training: source } = trainingData(experiment, dataset);
  const augmentations = augmentersOf(experiment.training, experiment.data.size);
  const sample = await source.read(index);
  return epochs.map((epoch) => {
    const plan = epochPlan(source.length, { random: epochRandom(experiment.seed, epoch), augmentations });
    const { change } = plan.find((each) => each.index === index)!;
    return { ...change(sample), name: `${sample.name}, epoch ${epoch}` };
  });
}
