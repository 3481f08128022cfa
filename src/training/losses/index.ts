import { z } from 'zod';
import { namedOptions } from '../../configuration/named-options';
import { IGNORED } from '../../data/classes/class-set';
import { tf } from '../../tensorflow/tensorflow';
import { type ClassWeightsOption, classWeights, needsShares } from './class-weights';
import { crossEntropy } from './cross-entropy';
import { dice } from './dice';
import { focal } from './focal';
import { type Loss, type LossContext, type LossDefinition, OWN_LOSS, type OwnLoss, type Targets } from './loss';
import { lovaszSoftmax } from './lovasz-softmax';
import { ohem } from './ohem';

/** The losses by their names. One is added as a file beside these and an entry here. */
export const LOSSES = { 'cross-entropy': crossEntropy, focal, dice, 'lovasz-softmax': lovaszSoftmax, ohem } as const;

/** The losses that are added up, each times its factor. */
export const lossSchema = z.array(namedOptions(LOSSES, { factor: z.number().positive().default(1) })).min(1);

export type LossOptions = z.infer<typeof lossSchema>;

/** Whether the shares of the classes in the training split are needed. */
export function lossNeedsShares(options: LossOptions): boolean {
  return options.some((term) => needsShares(weightsOf(term)));
}

/** Whether a training weights classes. @param own what `training.own` says */
export function weightsClasses({ loss, own }: { loss: LossOptions; own: string | null }): boolean {
  return !own?.startsWith(OWN_LOSS) && loss.some((term) => weightsOf(term) !== null);
}

/** The class weights that a loss computes with, by the losses' names, of two of one name the first's; none where none weights classes. */
export function lossWeights(options: LossOptions, context: LossContext): Record<string, number[]> {
  const found: Record<string, number[]> = {};
  for (const term of options) {
    const weights = classWeights(weightsOf(term), context);
    if (weights) found[term.name] ??= weights;
  }
  return found;
}

/** @param ignoring whether there are pixels of {@link IGNORED} */
export function createLoss(
  options: LossOptions | OwnLoss,
  context: LossContext,
  { ignoring }: { ignoring: boolean },
): Loss {
  const terms =
    typeof options === 'function'
      ? [{ factor: 1, compute: (...given: [tf.Tensor2D, Targets]) => options(...given, context).asScalar() }]
      : options.map((term) => ({
          factor: term.factor,
          compute: (LOSSES[term.name] as LossDefinition).create(term, context),
        }));
  return (logits, classes) => {
    const targets = ignoring ? countedTargets(classes) : { classes, counted: null };
    const values = terms.map(({ factor, compute }) => {
      const value = compute(logits, targets);
      return factor === 1 ? value : (tf.mul(value, factor) as tf.Scalar);
    });
    return values.length === 1 ? values[0] : (tf.addN(values) as tf.Scalar);
  };
}

function countedTargets(classes: tf.Tensor1D): Targets {
  const counts = tf.notEqual(classes, tf.scalar(IGNORED, 'int32'));
  const counted = tf.cast(counts, 'float32') as tf.Tensor1D;
  return { classes: tf.mul(classes, tf.cast(counts, 'int32')) as tf.Tensor1D, counted };
}

function weightsOf(term: LossOptions[number]): ClassWeightsOption {
  return 'weights' in term ? term.weights : null;
}
