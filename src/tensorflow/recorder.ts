/**
 * Makes a graph of a function of tensors by running it once while every operation that reaches TensorFlow's binding is
 * written down. Nothing large is computed: what depends on inputs or variables is a tensor without content, of which
 * type and shape are known. Operations whose output shape is not obvious run on zeros to learn it.
 */
import { CompilationError } from '../errors';
import { type Binding, backend, type OperationAttribute, type TensorMetadata, typeNumber } from './backend';
import { convolutionCase } from './convolution-case';
import type { ConvolutionCase } from './convolution-forms';
import { type ConstantValue, type Endpoint, Graph, type GraphNode, nodeOf, type TensorSpec } from './graph';
import { missingAttributes, obstacle, outputShapes } from './operation-rules';
import { type Recording, readersByEndpoint } from './recording';
import { tf } from './tensorflow';

export interface RecordedFunction {
  /** Prefix of the names of all nodes. */
  scope: string;
  inputs: readonly TensorSpec[];
  compute: (inputs: tf.Tensor[]) => tf.Tensor[];
}

/**
 * Records a function.
 *
 * Tensors made elsewhere that the function takes hold of become constants of the graph, with the value they have now.
 * The function runs twice, to find values that JavaScript computes again each time, such as random numbers.
 *
 * @throws CompilationError for what cannot be a graph of static shapes
 */
export function record(recorded: RecordedFunction): Recording {
  const first = new Recorder(recorded).run();
  const second = new Recorder(recorded).run();
  requireSame(first.nodes, second.nodes);
  return first;
}

/** A tensor of the recording: an endpoint and, if it depends on neither inputs nor variables, its content. */
interface Value extends TensorSpec {
  endpoint: Endpoint;
  /** A tensor of the binding. */
  content: number | null;
  /** Made by this recording, which has to free it. */
  owned: boolean;
}

class Recorder {
  private readonly graph = new Graph();
  private readonly native: Binding = backend().binding;
  private readonly values = new Map<number, Value>();
  private readonly constants = new Map<number, ConstantValue>();
  private readonly producers = new Map<string, string>();
  private readonly convolutions = new Map<string, ConvolutionCase>();
  /** Tensors without content have negative ids: tfjs-node frees only the others. */
  private nextId = -2;

  constructor(private readonly recorded: RecordedFunction) {}

  run(): Recording {
    const own = backend();
    const methods = Object.entries(this.interception()).map(([name, value]) => [name, { value }]);
    own.binding = Object.create(this.native, Object.fromEntries(methods)) as Binding;
    try {
      let recording: Recording;
      tf.tidy(() => {
        recording = this.withStandIns(() => this.trace());
      });
      return recording!;
    } finally {
      own.binding = this.native;
      for (const { content, owned } of this.values.values())
        if (content !== null && owned) this.native.deleteTensor(content);
    }
  }

  private readonly standIns: { variable: tf.Variable; original: tf.Tensor; standIn: tf.Tensor; value: Endpoint }[] = [];

  private trace(): Recording {
    const { inputs, compute, scope } = this.recorded;
    const placeholders = inputs.map((spec, index) => this.graph.placeholder(`${scope}/input_${index}`, spec));
    const tensors = inputs.map((spec, index) => this.abstract(spec, placeholders[index]));
    const results = compute(tensors);
    if (!Array.isArray(results) || results.some((result) => !(result instanceof tf.Tensor)))
      throw new CompilationError('function', 'returns something other than tensors, perhaps a promise');
    const outputs = results.map((result) => this.endpointOf(result));
    const readersOf = readersByEndpoint(this.graph.nodes);
    const variables = this.standIns.flatMap(({ variable, standIn, value }) => {
      const assigned = variable.dataId === standIn.dataId ? null : this.endpointOf(variable);
      const readers = readersOf(value);
      const used = assigned !== null || readers.length > 0 || outputs.includes(value);
      return used ? [{ variable, value, readers, assigned }] : [];
    });
    return { nodes: this.graph.nodes, inputs: placeholders, outputs, variables, convolutions: this.convolutions };
  }

  /** Gives every variable a tensor of its own without content, for two may share one, and takes it back afterwards. */
  private withStandIns<T>(action: () => T): T {
    const variables = Object.values(tf.engine().registeredVariables);
    try {
      variables.forEach((variable, index) => {
        const value = `${this.recorded.scope}/variable_${index}:0`;
        const original = variable.clone();
        const standIn = this.abstract({ shape: variable.shape, dtype: typeNumber(variable.dtype) }, value);
        this.standIns.push({ variable, original, standIn, value });
        variable.assign(standIn);
      });
      return action();
    } finally {
      for (const { variable, original } of this.standIns) variable.assign(original);
    }
  }

  /** What the function meets in place of the binding. */
  private interception(): Pick<Binding, 'executeOp' | 'createTensor' | 'tensorDataSync'> {
    return {
      executeOp: (name, attributes, inputs, outputs) => this.execute(name, attributes, inputs, outputs),
      createTensor: (shape, dtype, values) => this.create(shape, dtype, values),
      tensorDataSync: (id) => {
        const value = this.values.get(id);
        if (!value || value.content !== null) return this.native.tensorDataSync(value?.content ?? id);
        const producer = this.producers.get(nodeOf(value.endpoint)) ?? 'input or variable';
        throw new CompilationError(producer, 'its value is read by JavaScript, and a recording has no values');
      },
    };
  }

  private create(shape: number[], dtype: number, values: ArrayBufferView | Uint8Array[]): number {
    const id = this.native.createTensor(shape, dtype, values);
    if (ArrayBuffer.isView(values)) {
      const bytes = Uint8Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      this.constants.set(id, { shape: [...shape], dtype, bytes });
    }
    return id;
  }

  private execute(name: string, attributes: OperationAttribute[], ids: number[], outputs: number): TensorMetadata[] {
    const problem = obstacle(name, outputs);
    if (problem) throw new CompilationError(name, problem);
    const inputs = ids.map((id) => this.valueOf(id, name));
    const nodeName = `${this.recorded.scope}/${name}_${this.graph.size}`;
    const endpoint = this.graph.add(nodeName, name, {
      inputs: inputs.map((input) => input.endpoint),
      attributes: [...attributes, ...missingAttributes(name, inputs)],
    });
    this.producers.set(nodeName, name);
    const results = this.outputs(name, attributes, inputs, outputs);
    const convolution = convolutionCase(name, attributes, inputs, results[0].shape);
    if (convolution) this.convolutions.set(nodeName, convolution);
    return results.map(({ shape, dtype, content }, index) => {
      const id = this.nextId--;
      this.values.set(id, { endpoint: `${nodeOf(endpoint)}:${index}`, shape, dtype, content, owned: true });
      return { id, shape, dtype };
    });
  }

  /** Types and shapes of an operation's outputs, with their content if it depends on neither inputs nor variables. */
  private outputs(
    name: string,
    attributes: OperationAttribute[],
    inputs: Value[],
    count: number,
  ): Pick<Value, 'shape' | 'dtype' | 'content'>[] {
    const known = inputs.every(({ content }) => content !== null);
    const constants = (index: number) => {
      const { content } = inputs[index];
      return content === null ? null : Array.from(this.native.tensorDataSync(content));
    };
    const shapes = known ? null : outputShapes(name, attributes, inputs, constants);
    if (shapes) return shapes.map((shape) => ({ shape, dtype: this.native.TF_FLOAT, content: null }));
    const zeros: number[] = [];
    const ids = inputs.map(({ content, shape, dtype }) => {
      if (content !== null) return content;
      zeros.push(this.zeros(shape, dtype, name));
      return zeros[zeros.length - 1];
    });
    try {
      const results = this.native.executeOp(name, attributes, ids, count);
      if (known) return results.map(({ id, shape, dtype }) => ({ shape, dtype, content: id }));
      for (const { id } of results) this.native.deleteTensor(id);
      return results.map(({ shape, dtype }) => ({ shape, dtype, content: null }));
    } catch (cause) {
      throw new CompilationError(name, `failed while it was recorded: ${(cause as Error).message}`, { cause });
    } finally {
      for (const id of zeros) this.native.deleteTensor(id);
    }
  }

  private zeros(shape: number[], dtype: number, operation: string): number {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.native;
    const length = shape.reduce((product, size) => product * size, 1);
    if (dtype === TF_FLOAT) return this.native.createTensor(shape, dtype, new Float32Array(length));
    if (dtype === TF_INT32) return this.native.createTensor(shape, dtype, new Int32Array(length));
    if (dtype === TF_BOOL) return this.native.createTensor(shape, dtype, new Uint8Array(length));
    throw new CompilationError(operation, `takes a tensor of a type (${dtype}) that graphs here do not hold`);
  }

  /** The value behind an id; one that this recording has not seen yet is a constant. */
  private valueOf(id: number, operation: string): Value {
    const seen = this.values.get(id);
    if (seen) return seen;
    const constant = this.constants.get(id) ?? this.captured(id, operation);
    const endpoint = this.graph.constant(`${this.recorded.scope}/Const_${this.graph.size}`, constant);
    const value: Value = { ...constant, endpoint, content: id, owned: false };
    this.values.set(id, value);
    return value;
  }

  /** The content of a tensor that was made before the recording. */
  private captured(id: number, operation: string): ConstantValue {
    const [{ id: copy, shape, dtype }] = this.native.executeOp('Identity', [], [id], 1);
    const data = this.native.tensorDataSync(copy);
    this.native.deleteTensor(copy);
    if (!ArrayBuffer.isView(data))
      throw new CompilationError(operation, 'takes strings, which graphs here do not hold');
    return { shape, dtype, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  }

  /** A tensor without content. */
  private abstract({ shape, dtype }: TensorSpec, endpoint: Endpoint): tf.Tensor {
    const id = this.nextId--;
    this.values.set(id, { endpoint, shape: [...shape], dtype, content: null, owned: false });
    return backend().createOutputTensor({ id, shape: [...shape], dtype });
  }

  private endpointOf(tensor: tf.Tensor): Endpoint {
    const [id] = backend().getInputTensorIds([tensor]);
    return this.valueOf(id, 'function').endpoint;
  }
}

function requireSame(first: readonly GraphNode[], second: readonly GraphNode[]): void {
  const same = (a: GraphNode, b: GraphNode | undefined) =>
    a.operation === b?.operation &&
    JSON.stringify([a.inputs, a.attributes]) === JSON.stringify([b.inputs, b.attributes]) &&
    Buffer.compare(a.constant?.bytes ?? Buffer.alloc(0), b.constant?.bytes ?? Buffer.alloc(0)) === 0;
  const different = first.find((node, index) => !same(node, second[index]));
  if (!different && first.length === second.length) return;
  const taker = first.find(({ inputs }) => inputs.some((input) => nodeOf(input) === different?.name));
  throw new CompilationError(
    (taker ?? different)?.operation ?? 'function',
    'takes another value or place each time the function runs, such as random numbers from JavaScript',
  );
}
