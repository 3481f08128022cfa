/** A TensorFlow graph as plain data, and its encoding as a SavedModel, which the C library loads. */

import { shapeAttribute, typeAttribute } from './attributes';
import { backend, type OperationAttribute } from './backend';

/** One output of a node, as `name:0`. */
export type Endpoint = string;

export interface TensorSpec {
  shape: number[];
  /** TensorFlow's number of the type. */
  dtype: number;
}

/** A value that a signature takes or gives. */
export interface SignatureTensor extends TensorSpec {
  endpoint: Endpoint;
}

/** What a SavedModel offers under one name: the values to feed and those to fetch, by the names their users know. */
export interface Signature {
  inputs: Readonly<Record<string, SignatureTensor>>;
  outputs: Readonly<Record<string, SignatureTensor>>;
}

/** A value that is part of the graph. */
export interface ConstantValue extends TensorSpec {
  /** Row-major, as TensorFlow lays it out in memory. */
  bytes: Uint8Array;
}

export interface GraphNode {
  name: string;
  operation: string;
  inputs: Endpoint[];
  /** Names of nodes that run before this one although it takes nothing from them. */
  after: string[];
  attributes: OperationAttribute[];
  /** The value of a `Const`. */
  constant?: ConstantValue;
}

export interface NodeOptions {
  inputs?: Endpoint[];
  attributes?: OperationAttribute[];
  after?: string[];
  constant?: ConstantValue;
}

/** Nodes in the order they were added; every node comes after those it takes from. */
export class Graph {
  private readonly nodesByName = new Map<string, GraphNode>();

  get nodes(): GraphNode[] {
    return [...this.nodesByName.values()];
  }

  get size(): number {
    return this.nodesByName.size;
  }

  /** Adds a node and returns its first output. */
  add(
    name: string,
    operation: string,
    { inputs = [], attributes = [], after = [], constant }: NodeOptions = {},
  ): Endpoint {
    if (this.nodesByName.has(name)) throw new Error(`the graph has a node ${name} already`);
    this.nodesByName.set(name, { name, operation, inputs, attributes, after, constant });
    return `${name}:0`;
  }

  addNode({ name, operation, ...options }: GraphNode): Endpoint {
    return this.add(name, operation, options);
  }

  placeholder(name: string, { shape, dtype }: TensorSpec): Endpoint {
    const attributes = [typeAttribute('dtype', dtype), shapeAttribute('shape', shape)];
    return this.add(name, 'Placeholder', { attributes });
  }

  constant(name: string, constant: ConstantValue, after: string[] = []): Endpoint {
    const attributes = [typeAttribute('dtype', constant.dtype)];
    return this.add(name, 'Const', { attributes, constant, after });
  }

  scalar(name: string, value: number): Endpoint {
    const bytes = new Uint8Array(Float32Array.of(value).buffer);
    return this.constant(name, { shape: [], dtype: backend().binding.TF_FLOAT, bytes });
  }

  /** Whole numbers, by default a list of them. */
  integers(name: string, values: readonly number[], shape = [values.length], after: string[] = []): Endpoint {
    const bytes = new Uint8Array(Int32Array.from(values).buffer);
    return this.constant(name, { shape, dtype: backend().binding.TF_INT32, bytes }, after);
  }

  /** The same value again, such as one to fetch. @param after names of nodes that run before */
  identity(name: string, value: Endpoint, dtype: number, after: string[] = []): Endpoint {
    return this.add(name, 'Identity', { inputs: [value], attributes: [typeAttribute('T', dtype)], after });
  }

  /**
   * @param signatures by name, for those who load the file without knowing its nodes
   * @returns the content of `saved_model.pb`; no node names a device, so TensorFlow places them.
   */
  encode(signatures: Readonly<Record<string, Signature>> = {}): Uint8Array {
    const graph = new messages.GraphDef().setVersions(new messages.VersionDef().setProducer(GRAPH_VERSION));
    for (const node of this.nodesByName.values()) graph.addNode(encodeNode(node));
    const information = new messages.MetaGraphDef.MetaInfoDef().setTagsList([GRAPH_TAG]);
    const metaGraph = new messages.MetaGraphDef().setMetaInfoDef(information).setGraphDef(graph);
    for (const [name, signature] of Object.entries(signatures))
      metaGraph.getSignatureDefMap().set(name, encodeSignature(signature));
    return new messages.SavedModel().setSavedModelSchemaVersion(1).setMetaGraphsList([metaGraph]).serializeBinary();
  }
}

/** Names the one graph in the SavedModel. */
export const GRAPH_TAG = 'serve';

/** The version of the graph format that nodes are written in: TensorFlow 2.9's, which tfjs-node was made for. */
const GRAPH_VERSION = 1087;

/** @returns the node an endpoint belongs to. */
export function nodeOf(endpoint: Endpoint): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':'));
}

/** A message of the generated protobuf classes; setters return the message. */
// biome-ignore lint/suspicious/noExplicitAny: tfjs-node ships the generated classes without types.
type Message = any;

/** TensorFlow's protobuf messages, generated; tfjs-node ships them, without types. */
const messages = require('@tensorflow/tfjs-node-gpu/dist/proto/api_pb') as Record<string, Message>;

function encodeNode({ name, operation, inputs, after, attributes, constant }: GraphNode): Message {
  const node = new messages.NodeDef().setName(name).setOp(operation);
  node.setInputList([...inputs, ...after.map((other) => `^${other}`)]);
  const map = node.getAttrMap();
  for (const attribute of attributes) map.set(attribute.name, encodeAttribute(attribute));
  if (constant) map.set('value', new messages.AttrValue().setTensor(encodeTensor(constant)));
  return node;
}

function encodeAttribute({ name, type, value }: OperationAttribute): Message {
  const { TF_ATTR_STRING, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_TYPE, TF_ATTR_SHAPE } = backend().binding;
  const attribute = new messages.AttrValue();
  const list = Array.isArray(value) ? new messages.AttrValue.ListValue() : null;
  switch (type) {
    case TF_ATTR_STRING:
      if (list) return attribute.setList(list.setSList((value as string[]).map((one) => Buffer.from(one))));
      return attribute.setS(Buffer.from(value as string));
    case TF_ATTR_INT:
      return list ? attribute.setList(list.setIList(value)) : attribute.setI(value);
    case TF_ATTR_FLOAT:
      return list ? attribute.setList(list.setFList(value)) : attribute.setF(value);
    case TF_ATTR_BOOL:
      return list ? attribute.setList(list.setBList(value)) : attribute.setB(value);
    case TF_ATTR_TYPE:
      return list ? attribute.setList(list.setTypeList(value)) : attribute.setType(value);
    case TF_ATTR_SHAPE:
      return attribute.setShape(encodeShape(value as number[] | null));
    default:
      throw new TypeError(`attribute ${name} is of a type (${type}) that graphs do not take from here`);
  }
}

function encodeSignature({ inputs, outputs }: Signature): Message {
  const signature = new messages.SignatureDef().setMethodName('tensorflow/serving/predict');
  for (const [name, tensor] of Object.entries(inputs)) signature.getInputsMap().set(name, encodeTensorInfo(tensor));
  for (const [name, tensor] of Object.entries(outputs)) signature.getOutputsMap().set(name, encodeTensorInfo(tensor));
  return signature;
}

function encodeTensorInfo({ endpoint, dtype, shape }: SignatureTensor): Message {
  return new messages.TensorInfo().setName(endpoint).setDtype(dtype).setTensorShape(encodeShape(shape));
}

function encodeShape(shape: readonly number[] | null): Message {
  if (!shape) return new messages.TensorShape().setUnknownRank(true);
  return new messages.TensorShape().setDimList(shape.map((size) => new messages.TensorShape.Dim().setSize(size)));
}

function encodeTensor({ dtype, shape, bytes }: ConstantValue): Message {
  return new messages.Tensor().setDtype(dtype).setTensorShape(encodeShape(shape)).setTensorContent(bytes);
}
