import { sparseSoftmaxCrossEntropy } from '../../tensorflow/fused-operations';
import type { Loss } from './loss';

/** Mean cross-entropy a pixel (or an example), in nats. */
export const crossEntropy: Loss = (logits, classes) => sparseSoftmaxCrossEntropy(logits, classes);
