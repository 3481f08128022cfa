import { tf } from './tensorflow';

export interface OperationAttribute {
  name: string;
  type: number;
  value: unknown;
}

/** The parts of tfjs-node's backend used here; its own type declarations keep the binding untyped. */
interface Backend {
  binding: Record<
    'TF_ATTR_STRING' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_TYPE' | 'TF_FLOAT' | 'TF_INT32',
    number
  >;
  executeMultipleOutputs(
    name: string,
    attributes: OperationAttribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

const backend = () => tf.backend() as unknown as Backend;

export function stringAttribute(name: string, value: string): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_STRING, value };
}

export function floatAttribute(name: string, value: number): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_FLOAT, value };
}

export function booleanAttribute(name: string, value: boolean): OperationAttribute {
  return { name, type: backend().binding.TF_ATTR_BOOL, value };
}

export function typeAttribute(name: string, value: 'float32' | 'int32'): OperationAttribute {
  const { binding } = backend();
  return { name, type: binding.TF_ATTR_TYPE, value: value === 'float32' ? binding.TF_FLOAT : binding.TF_INT32 };
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
