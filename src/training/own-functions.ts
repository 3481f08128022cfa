import { shortHash } from '../configuration/canonical-json';
import type { Augmenter } from '../data/augmentations/augmentation';
import type { Sample } from '../data/prepare-scene';
import { RunError } from '../errors';
import { createRandom, type Random } from '../random';
import { tf } from '../tensorflow/tensorflow';
import { OWN_LOSS, type OwnLoss, type Targets } from './losses/loss';

/** What becomes of a training sample; all that is random about it comes from `random`. The sample itself stays as it is. */
export type OwnAugmentation = (sample: Sample, random: Random) => Sample;

/** Parts of a training that are handed over as functions, to try something out. */
export interface OwnFunctions {
  /** In place of the losses of `settings.loss`. */
  loss?: OwnLoss;
  /** Comes after those of `settings.augmentation`. */
  augmentation?: OwnAugmentation;
}

/** The augmentation with a stream of random numbers of its own for each sample. */
export function ownAugmenter(change: OwnAugmentation): Augmenter {
  return {
    stream: 'own',
    draw: (random) => {
      const own = random.fork(random.integer(2 ** 31));
      return (sample) => change(sample, own);
    },
  };
}

/** Pixels that a loss is tried on. */
const TRIED_PIXELS = 96;

/**
 * Tells functions from others, by their code and by what they make of made-up input: what they take from outside, such as a
 * number in another cell or a helper of theirs, counts by its effect.
 *
 * @param classes of the model's output
 * @param size side of its input
 * @returns such as `loss 3fa92b10, augmentation 77ab0c41`; null where there are none
 * @throws RunError for a loss that gives no finite number, or an augmentation that gives a sample of another size
 */
export function ownIdentity(
  { loss, augmentation }: OwnFunctions,
  { classes, size }: { classes: number; size: number },
): string | null {
  const parts = [
    ...(loss ? [`${OWN_LOSS}${shortHash([String(loss), triedLoss(loss, classes)])}`] : []),
    ...(augmentation
      ? [`augmentation ${shortHash([String(augmentation), triedAugmentation(augmentation, size)])}`]
      : []),
  ];
  return parts.length > 0 ? parts.join(', ') : null;
}

/** The loss and, along one direction, its gradient; to so many digits that rounding does not tell. */
function triedLoss(loss: OwnLoss, classes: number): string[] {
  const random = createRandom('own loss');
  const values = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  return tf.tidy(() => {
    const logits = tf.tensor2d(values(TRIED_PIXELS * classes), [TRIED_PIXELS, classes]);
    const truth = tf.tensor1d(
      Array.from({ length: TRIED_PIXELS }, (_, pixel) => pixel % classes),
      'int32',
    );
    const targets: Targets = { classes: truth, counted: null };
    const { value, grad } = tf.valueAndGrad((given) => {
      const result = loss(given as tf.Tensor2D, targets, { classes, shares: null });
      if (result.size !== 1) throw unfit(`the loss gives a tensor of shape [${result.shape}], expected a scalar`);
      return result.reshape([]);
    })(logits);
    const slope = grad.mul(tf.tensor2d(values(logits.size), [TRIED_PIXELS, classes])).sum();
    const numbers = [value, slope].map((each) => each.dataSync()[0]);
    if (!numbers.every(Number.isFinite)) throw unfit(`the loss, or its gradient, is ${numbers.join(' and ')}`);
    return numbers.map((each) => each.toPrecision(5));
  });
}

function triedAugmentation(augmentation: OwnAugmentation, size: number): string[] {
  const random = createRandom('own augmentation');
  const labelIds = Uint8Array.from({ length: size * size }, () => random.integer(34));
  const image = Uint8Array.from({ length: size * size * 3 }, () => random.integer(256));
  return [1, 2, 3, 4].map((draw) => {
    const sample = { name: 'made-up', image: image.slice(), width: size, labelIds: labelIds.slice() };
    const changed = augmentation(sample, random.fork(draw));
    if (changed.image.length !== image.length || changed.labelIds.length !== labelIds.length)
      throw unfit(`the augmentation gives ${changed.image.length} values for ${image.length} of a picture`);
    return shortHash([Buffer.from(changed.image).toString('base64'), Buffer.from(changed.labelIds).toString('base64')]);
  });
}

function unfit(problem: string): RunError {
  return new RunError(problem, 'correct the function; src/training/own-functions.ts says what it is given');
}
