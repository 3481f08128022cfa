import { gathered } from '../../tensorflow/fused-operations';
import { tf } from '../../tensorflow/tensorflow';
import { type LossDefinition, memberships } from './loss';

/**
 * The Lovász extension of the Jaccard index (Berman et al. 2018), over all pixels of a batch, averaged over the classes that
 * occur in it: a surrogate of mean IoU.
 */
export const lovaszSoftmax = {
  options: {},
  create: () => (logits, targets) => {
    const [probabilities, truth] = memberships(logits, targets);
    // |t - p|, for a t of 0 or 1.
    const errors = tf.sub(tf.add(truth, probabilities), tf.mul(2, tf.mul(truth, probabilities)));
    return lovaszExtension(errors as tf.Tensor2D, truth);
  },
} satisfies LossDefinition;

/** @param errors [classes, pixels] @param truth of the same shape, 0 or 1 */
function lovaszExtension(errors: tf.Tensor2D, truth: tf.Tensor2D): tf.Scalar {
  const [classes, pixels] = errors.shape;
  const flat: [number] = [classes * pixels];
  const compute = tf.customGrad((x, save) => {
    const { indices } = tf.topk(x as tf.Tensor, pixels);
    // Places in the flat array, the greatest error of each class first.
    const first = tf.mul(tf.range(0, classes, 1, 'int32'), tf.scalar(pixels, 'int32'));
    const places = tf.reshape(tf.add(indices, tf.expandDims(first, 1)), flat) as tf.Tensor1D;
    const sorted = (values: tf.Tensor) => tf.reshape(gathered(tf.reshape(values, flat), places), [classes, pixels]);
    const members = sorted(truth);
    const total = tf.sum(truth, 1, true);
    const found = tf.cumsum(members, 1);
    const missed = tf.cumsum(tf.sub(1, members), 1);
    const loss = tf.sub(1, tf.div(tf.sub(total, found), tf.add(total, missed)));
    const before = tf.concat([tf.zeros([classes, 1]), tf.slice(loss, [0, 0], [classes, pixels - 1])], 1);
    const present = tf.cast(tf.greater(total, 0), 'float32');
    const share = tf.div(present, tf.maximum(tf.sum(present), 1));
    const slope = tf.mul(tf.sub(loss, before), share);
    (save as tf.GradSaveFunc)([places, tf.reshape(slope, flat)]);
    return {
      value: tf.sum(tf.mul(sorted(x as tf.Tensor), slope)),
      gradFunc: (gradient: tf.Tensor, [at, saved]: tf.Tensor[]) =>
        tf.reshape(tf.unsortedSegmentSum(tf.mul(saved, gradient), at as tf.Tensor1D, flat[0]), [classes, pixels]),
    };
  });
  return compute(errors) as tf.Scalar;
}
