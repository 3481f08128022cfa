import { gathered, softmaxCrossEntropies, sparseSoftmaxCrossEntropy } from '../../tensorflow/fused-operations';
import { tf } from '../../tensorflow/tensorflow';
import { type ClassWeightsOption, classWeights, classWeightsOption } from './class-weights';
import { type LossContext, type LossDefinition, meanCounted, type Targets } from './loss';

export const weightedOptions = { weights: classWeightsOption };

/** Mean cross-entropy a pixel (or an example), in nats; each times the weight of its class. */
export const crossEntropy = {
  options: weightedOptions,
  create({ weights }, context) {
    const weighted = weightedByClass(weights, context);
    return (logits, targets) => {
      const { classes, counted } = targets;
      if (weights === null && counted === null) return sparseSoftmaxCrossEntropy(logits, classes);
      return meanCounted(weighted(softmaxCrossEntropies(logits, classes), targets), counted);
    };
  },
} satisfies LossDefinition<{ weights: ClassWeightsOption }>;

/** What multiplies the loss of each pixel by the weight of its class. */
export function weightedByClass(option: ClassWeightsOption, context: LossContext) {
  const weights = classWeights(option, context);
  return (losses: tf.Tensor1D, { classes }: Targets): tf.Tensor1D =>
    weights === null ? losses : tf.mul(losses, gathered(tf.tensor1d(weights), classes));
}
