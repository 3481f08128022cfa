import { backend, type OperationAttribute, typeNumber } from './backend';
import type { tf } from './tensorflow';

export function stringAttribute(name: string, value: string): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_STRING, value };
}

export function floatAttribute(name: string, value: number): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_FLOAT, value };
}

/** A number or a list of them. */
export function integerAttribute(name: string, value: number | number[]): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_INT, value };
}

export function booleanAttribute(name: string, value: boolean): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_BOOL, value };
}

export function typeAttribute(name: string, value: 'float32' | 'int32'): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_TYPE, value: typeNumber(value) };
}

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
