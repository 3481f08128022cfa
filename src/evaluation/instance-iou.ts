import type { ClassSet } from '../data/classes/class-set';
import { type GroupName, hasInstances, LABELS, type Label, MAXIMUM_LABEL_ID } from '../labels';
import { meanOfNumbers } from './metrics';

/** Pixels of the height of Cityscapes' pictures. */
const CITYSCAPES_HEIGHT = 1024;

/** Mean area of the things of each label in Cityscapes' training set, in pixels of 2048x1024 (`args.avgClassSize`). */
const AVERAGE_SIZES: Readonly<Record<string, number>> = {
  bicycle: 4672.3249222261,
  caravan: 36771.8241758242,
  motorcycle: 6298.7200839748,
  rider: 3930.4788056518,
  bus: 35732.1511111111,
  train: 67583.7075812274,
  car: 12794.0202738185,
  person: 3462.4756337644,
  truck: 27855.1264367816,
  trailer: 16926.9763313609,
};

/** iIoU of what is counted thing by thing, by Cityscapes' groups and labels; NaN where there is nothing to score. */
export interface InstanceScores {
  groups: Record<string, number>;
  meanOfGroups: number;
  /** Absent where predictions do not tell the labels apart. */
  labels?: Record<string, number>;
  meanOfLabels?: number;
}

interface Weights {
  found: number;
  missed: number;
}

const COUNTED = LABELS.filter((label) => hasInstances(label) && !label.ignoreInEvaluation);
const COUNTED_GROUPS = [...new Set(COUNTED.map(({ group }) => group))];

/**
 * Instance-level IoU of semantic predictions as Cityscapes' `evalPixelLevelSemanticLabeling.py` computes it: each thing's
 * pixels weigh as much as the mean thing of its label is larger than it, so that near things do not drown far ones. What
 * is predicted where nothing is weighs 1 per pixel. iIoU = iTP / (iTP + FP + iFN). In pictures of another height than
 * Cityscapes' a mean thing is taken to be smaller or larger by as much.
 *
 * The numbers are the evaluator's, to the last digit: sums are in its order.
 */
export class InstanceIou {
  private readonly ofLabel = new Map<string, Weights>(COUNTED.map(({ name }) => [name, { found: 0, missed: 0 }]));
  private readonly ofGroup = new Map<GroupName, Weights>(COUNTED_GROUPS.map((name) => [name, { found: 0, missed: 0 }]));
  /** Pixels of each (true label id, predicted label id) pair. */
  private readonly confusion = new Float64Array((MAXIMUM_LABEL_ID + 1) ** 2);

  /**
   * Adds a scene.
   *
   * @param labelIds true label id of each pixel, 0 to 33
   * @param instanceIds Cityscapes' instance id of each pixel
   * @param predictedIds predicted label id of each pixel; of predicted groups, any label of the group (`labelIdByGroupIndex`)
   * @param height of the scene, in pixels
   */
  add(
    labelIds: ArrayLike<number>,
    instanceIds: ArrayLike<number>,
    predictedIds: ArrayLike<number>,
    height = CITYSCAPES_HEIGHT,
  ): void {
    const scale = (height / CITYSCAPES_HEIGHT) ** 2;
    const things = new Map<number, { size: number; ofLabel: number; ofGroup: number }>();
    for (let pixel = 0; pixel < labelIds.length; pixel += 1) {
      const predicted = predictedIds[pixel];
      this.confusion[labelIds[pixel] * (MAXIMUM_LABEL_ID + 1) + predicted] += 1;
      const id = instanceIds[pixel];
      if (id <= 1000) continue;
      const thing = things.get(id) ?? { size: 0, ofLabel: 0, ofGroup: 0 };
      const label = labelWithId(Math.floor(id / 1000));
      thing.size += 1;
      if (predicted === label.id) thing.ofLabel += 1;
      if (labelWithId(predicted).group === label.group) thing.ofGroup += 1;
      things.set(id, thing);
    }
    for (const [id, { size, ofLabel, ofGroup }] of [...things].sort(([a], [b]) => a - b)) {
      const { name, group, ignoreInEvaluation } = labelWithId(Math.floor(id / 1000));
      if (ignoreInEvaluation) continue;
      const weight = (AVERAGE_SIZES[name] * scale) / size;
      addTo(this.ofLabel.get(name)!, weight, ofLabel, size);
      addTo(this.ofGroup.get(group)!, weight, ofGroup, size);
    }
  }

  scores(): Required<InstanceScores> {
    const labels = COUNTED.map(({ name, id }): [string, number] => {
      const wrong = this.falsePositives((truth) => truth.id !== id, [id]);
      return [name, instanceIou(this.ofLabel.get(name)!, wrong)];
    });
    const groups = COUNTED_GROUPS.map((group): [string, number] => {
      const ids = LABELS.filter((label) => label.group === group && label.id >= 0).map(({ id }) => id);
      return [
        group,
        instanceIou(
          this.ofGroup.get(group)!,
          this.falsePositives((truth) => truth.group !== group, ids),
        ),
      ];
    });
    return {
      labels: Object.fromEntries(labels),
      groups: Object.fromEntries(groups),
      meanOfLabels: meanOfNumbers(labels.map(([, score]) => score)),
      meanOfGroups: meanOfNumbers(groups.map(([, score]) => score)),
    };
  }

  /** Pixels predicted as one of the labels whose truth is another, evaluated one. */
  private falsePositives(isOther: (truth: Label) => boolean, predictedIds: readonly number[]): number {
    return LABELS.filter((truth) => truth.id >= 0 && !truth.ignoreInEvaluation && isOther(truth))
      .flatMap((truth) => predictedIds.map((id) => this.confusion[truth.id * (MAXIMUM_LABEL_ID + 1) + id]))
      .reduce((sum, count) => sum + count, 0);
  }
}

/** Whether each label that is counted is a class of its own, so that its score is one of what was predicted. */
export function tellsLabelsApart({ classOfLabelId, labelIdOfClass }: ClassSet): boolean {
  return COUNTED.every(({ id }) => labelIdOfClass?.[classOfLabelId[id]] === id);
}

function labelWithId(id: number): Label {
  return BY_ID[id] ?? unknownLabel(id);
}

const BY_ID = LABELS.filter(({ id }) => id >= 0).sort((a, b) => a.id - b.id);

function unknownLabel(id: number): never {
  throw new RangeError(`${id} is no label id, expected 0 to ${MAXIMUM_LABEL_ID}`);
}

function addTo(weights: Weights, weight: number, found: number, size: number): void {
  weights.found += found * weight;
  weights.missed += (size - found) * weight;
}

function instanceIou({ found, missed }: Weights, wrong: number): number {
  const union = found + wrong + missed;
  return union === 0 ? Number.NaN : found / union;
}
