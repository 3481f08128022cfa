import { metrics } from '../../evaluation/metrics';
import type { GradientsListener } from '../../tensorflow/program';
import type { tf } from '../../tensorflow/tensorflow';
import type { EpochRecord } from '../../training/history';
import type { ValidationResult } from '../../training/validate';
import { EventFile, type SummaryValue } from './event-file';
import { histogram } from './histogram';

export interface TrainedModel {
  model: tf.LayersModel;
  /** Names of its classes. */
  classes: readonly string[];
  epochs: number;
}

/** Tells TensorBoard of a training, epoch by epoch. */
export class TensorBoardEvents {
  private file: EventFile | undefined;
  /** Of the epoch that is going on. */
  private gradients: SummaryValue[] = [];

  constructor(
    private readonly folder: string,
    private readonly trained: TrainedModel,
  ) {}

  /** What wants to know the gradients of an epoch's last step, in those epochs that show weights. */
  gradientsOf(epoch: number): GradientsListener | undefined {
    if (!showsWeights(epoch, this.trained.epochs)) return undefined;
    return (gradients) => {
      this.gradients = Object.entries(gradients).map(([name, gradient]) => spread(`gradients/${name}`, gradient));
    };
  }

  epoch(record: EpochRecord, { confusion }: Pick<ValidationResult, 'confusion'>): void {
    const { model, classes, epochs } = this.trained;
    this.file ??= new EventFile(this.folder, record.epoch);
    const values = [...scalars(record), ...intersections(confusion, classes)];
    if (showsWeights(record.epoch, epochs)) values.push(...weights(model), ...this.gradients);
    this.gradients = [];
    this.file.write(record.epoch, values);
  }
}

function scalars(record: EpochRecord): SummaryValue[] {
  const values = {
    'loss/training': record.trainingLoss,
    'loss/validation': record.validationLoss,
    'accuracy/validation': record.validationAccuracy,
    'learning rate': record.learningRate,
    'seconds per epoch': record.seconds,
  };
  return Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue }));
}

/** Intersection over union of each class that truth or prediction holds, and their mean, over the validation scenes. */
function intersections(confusion: Float64Array, classes: readonly string[]): SummaryValue[] {
  const { meanIou, groups } = metrics({ metric: '', classes, counts: confusion });
  const known = groups.filter(({ iou }) => !Number.isNaN(iou));
  return [
    { tag: 'mean IoU', simpleValue: meanIou },
    ...known.map(({ group, iou }) => ({ tag: `IoU/${group}`, simpleValue: iou })),
  ];
}

/** Epochs 1, 2, 4, 8 and so on, and the last: what changes fast is seen often. */
function showsWeights(epoch: number, epochs: number): boolean {
  return epoch === epochs || Number.isInteger(Math.log2(epoch));
}

function weights(model: tf.LayersModel): SummaryValue[] {
  return model.weights.map((weight) => spread(`weights/${weight.originalName}`, weight.read()));
}

function spread(tag: string, values: tf.Tensor): SummaryValue {
  return { tag, histo: histogram(values.dataSync() as Float32Array) };
}
