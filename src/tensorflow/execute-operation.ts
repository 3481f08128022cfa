import { backend, type OperationAttribute } from './backend';
import type { tf } from './tensorflow';

/**
 * Runs one operation of TensorFlow by its name, such as `FusedBatchNormV3`, for which TensorFlow.js has no function.
 * The outputs are ordinary tensors, owned by the tidy around the call.
 *
 * @param outputs how many outputs the operation has
 */
export function executeOperation(
  name: string,
  attributes: OperationAttribute[],
  inputs: tf.Tensor[],
  outputs = 1,
): tf.Tensor[] {
  return backend().executeMultipleOutputs(name, attributes, inputs, outputs);
}
