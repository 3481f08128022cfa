import { tf } from './tensorflow';

export interface OperationAttribute {
  name: string;
  /** `TF_ATTR_INT` and the like. */
  type: number;
  value: unknown;
}

/** An output of an operation, held by the binding under its id. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  /** TensorFlow's number of the type. */
  dtype: number;
}

type TypeName =
  | 'TF_FLOAT'
  | 'TF_INT32'
  | 'TF_INT64'
  | 'TF_BOOL'
  | 'TF_COMPLEX64'
  | 'TF_STRING'
  | 'TF_RESOURCE'
  | 'TF_UINT8';
type AttributeTypeName =
  | 'TF_ATTR_STRING'
  | 'TF_ATTR_INT'
  | 'TF_ATTR_FLOAT'
  | 'TF_ATTR_BOOL'
  | 'TF_ATTR_TYPE'
  | 'TF_ATTR_SHAPE';

/** TensorFlow's C library as tfjs-node binds it. */
export interface Binding extends Readonly<Record<TypeName | AttributeTypeName, number>> {
  createTensor(shape: number[], dtype: number, values: ArrayBufferView | Uint8Array[]): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  executeOp(name: string, attributes: OperationAttribute[], inputs: number[], outputs: number): TensorMetadata[];
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Names as `node:output`, joined by commas; runs what the outputs depend on and nothing else. */
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): TensorMetadata[];
  getNumOfTensors(): number;
  getNumOfSavedModels(): number;
}

/** The parts of tfjs-node's backend used here; its own type declarations keep them private or untyped. */
export interface Backend {
  binding: Binding;
  isUsingGpuDevice: boolean;
  /** What is behind each tensor: the binding's id, or values that only JavaScript holds so far. */
  tensorMap: { get(dataId: object): { id: number; values: unknown } };
  /** The binding's ids of tensors; uploads those that only JavaScript holds so far. */
  getInputTensorIds(tensors: tf.Tensor[]): number[];
  /** Makes a tensor, owned by the tidy around, of what the binding returned. */
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: OperationAttribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

export function backend(): Backend {
  return tf.backend() as unknown as Backend;
}

/** @returns TensorFlow's number of a TensorFlow.js type. */
export function typeNumber(dtype: tf.DataType): number {
  const { binding } = backend();
  const numbers: Partial<Record<tf.DataType, number>> = {
    float32: binding.TF_FLOAT,
    int32: binding.TF_INT32,
    bool: binding.TF_BOOL,
  };
  const number = numbers[dtype];
  if (number === undefined) throw new TypeError(`no tensors of type ${dtype} here; expected float32, int32 or bool`);
  return number;
}
