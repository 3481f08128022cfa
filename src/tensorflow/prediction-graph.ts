import { attributeOf, shapeAttribute, stringAttribute, typeAttribute } from './attributes';
import { typeNumber } from './backend';
import { hasOneDnn, withFusedConvolutions } from './fused-convolutions';
import { type Endpoint, Graph, type GraphNode, nodeOf } from './graph';
import { type Feeds, GraphSession } from './graph-session';
import { tf } from './tensorflow';
import { assign, copyOf, doneAfter } from './variable-group';

/** A function as nodes of a graph, variables excepted. */
export interface PredictionNodes {
  nodes: readonly GraphNode[];
  outputs: readonly Endpoint[];
  variables: readonly { variable: tf.Variable; value: Endpoint }[];
}

/**
 * The graph of those functions of a program that assign nothing. What they compute of variables alone (folded filters, their
 * rounding to bfloat16) is computed once and kept, and so is oneDNN's own copy of each filter. All of it lasts as long as
 * the session; whoever changes a variable has to call {@link forget}, and the next run starts a new session.
 */
export class PredictionGraph {
  readonly graph = new Graph();
  private readonly sources = new Map<tf.Variable, Source>();
  /** What is kept, by how it is computed, so that graphs for several shapes share it. */
  private readonly kept = new Map<string, Endpoint>();
  private readonly writes: string[] = [];
  /** Comes after all of these. */
  private written: Endpoint | null = null;
  private loaded: { session: GraphSession; size: number; run: Set<string> } | null = null;

  /** Takes a function in. Its inputs and outputs keep their names, and no two functions have nodes of one name. */
  add({ nodes, outputs, variables }: PredictionNodes): Endpoint[] {
    const sources = new Map(variables.map(({ variable, value }) => [value, this.source(variable)]));
    const settled = new SettledNodes(nodes, sources);
    const fused = hasOneDnn() ? withFusedConvolutions(nodes, outputs, (endpoint) => settled.has(endpoint)) : nodes;
    const taken = (endpoint: Endpoint) => (settled.has(endpoint) ? this.keep(endpoint, settled) : endpoint);
    for (const node of fused)
      if (!settled.has(`${node.name}:0`)) this.graph.addNode({ ...node, inputs: node.inputs.map(taken) });
    return outputs.map(taken);
  }

  /**
   * Computes endpoints.
   *
   * @param read gives the values of variables now, in order; only asked after {@link forget} or {@link add}
   */
  run(feeds: Feeds, fetches: readonly Endpoint[], read: (variables: tf.Variable[]) => tf.Tensor[]): tf.Tensor[] {
    const name = fetches.join();
    const packed = this.loaded && !this.loaded.run.has(name) ? this.loaded.run.size : 0;
    if (this.loaded?.size !== this.graph.size || packed === MOST_PACKED) this.load(read);
    this.loaded!.run.add(name);
    return this.loaded!.session.run(feeds, fetches);
  }

  forget(): void {
    this.loaded?.session.dispose();
    this.loaded = null;
  }

  private load(read: (variables: tf.Variable[]) => tf.Tensor[]): void {
    this.forget();
    this.written ??= doneAfter(this.graph, `kept/all_${this.kept.size}`, this.writes);
    const done = this.written;
    const session = new GraphSession(this.graph);
    tf.tidy(() => {
      const values = read([...this.sources.keys()]);
      const feeds = [...this.sources.values()].map(({ endpoint }, index) => [endpoint, values[index]] as const);
      session.run(feeds, [done]);
    });
    this.loaded = { session, size: this.graph.size, run: new Set() };
  }

  private source(variable: tf.Variable): Source {
    const known = this.sources.get(variable);
    if (known) return known;
    const spec = { shape: variable.shape, dtype: typeNumber(variable.dtype) };
    const source = { endpoint: this.graph.placeholder(`source_${this.sources.size}`, spec), dtype: spec.dtype };
    this.sources.set(variable, source);
    return source;
  }

  /** @returns where the value of a settled endpoint is read */
  private keep(endpoint: Endpoint, settled: SettledNodes): Endpoint {
    const origin = settled.originOf(endpoint);
    const known = this.kept.get(origin);
    if (known) return known;
    const name = `kept/${this.kept.size}`;
    const dtype = settled.typeOf(endpoint);
    const type = (attribute: string) => typeAttribute(attribute, dtype);
    const value = settled.addTo(this.graph, name, endpoint);
    const own = settled.isFed(endpoint) ? copyOf(this.graph, `${name}/copy`, value, dtype) : value;
    const attributes = [type('dtype'), shapeAttribute('shape', null), stringAttribute('shared_name', name)];
    const handle = this.graph.add(name, 'VarHandleOp', { attributes });
    this.written = null;
    this.writes.push(assign(this.graph, `${name}/write`, handle, own, dtype));
    const read = this.graph.add(`${name}/read`, 'ReadVariableOp', { inputs: [handle], attributes: [type('dtype')] });
    this.kept.set(origin, read);
    return read;
  }
}

/**
 * Of so many functions and shapes at once oneDNN keeps its copies of the filters, each as large as the model; for one more
 * the session starts over.
 */
const MOST_PACKED = 4;

/** Where a variable's value is fed. */
interface Source {
  endpoint: Endpoint;
  dtype: number;
}

/** Which attribute says the type of what an operation gives, of those operations that are computed once. */
const TYPE_ATTRIBUTES: Readonly<Record<string, string>> = {
  ...{ AddV2: 'T', Sub: 'T', Mul: 'T', Neg: 'T', Rsqrt: 'T' },
  ...{ Reshape: 'T', Transpose: 'T', ReverseV2: 'T', Identity: 'T', Cast: 'DstT' },
};

/** Operations that may give the memory they were given. */
const PASSING_ON = new Set(['Reshape', 'Identity', 'Transpose', 'ReverseV2']);

/** Those nodes of a function that depend on variables and constants alone. */
class SettledNodes {
  private readonly settled = new Map<string, GraphNode>();
  private readonly constants = new Map<string, GraphNode>();

  /** @param sources where each variable's value is fed, by the endpoint of the value */
  constructor(
    nodes: readonly GraphNode[],
    private readonly sources: ReadonlyMap<Endpoint, Source>,
  ) {
    for (const node of nodes) {
      const known = node.inputs.every((input) => this.has(input) || this.constants.has(nodeOf(input)));
      if (node.operation === 'Const') this.constants.set(node.name, node);
      else if (known && node.operation in TYPE_ATTRIBUTES && node.inputs.some((input) => this.has(input)))
        this.settled.set(node.name, node);
    }
  }

  has(endpoint: Endpoint): boolean {
    return this.sources.has(endpoint) || this.settled.has(nodeOf(endpoint));
  }

  /** TensorFlow's number of an endpoint's type. */
  typeOf(endpoint: Endpoint): number {
    const source = this.sources.get(endpoint);
    if (source) return source.dtype;
    const node = this.settled.get(nodeOf(endpoint))!;
    return attributeOf(node.attributes, TYPE_ATTRIBUTES[node.operation]) as number;
  }

  /** Whether an endpoint's value lies in the memory of a variable that was fed. */
  isFed(endpoint: Endpoint): boolean {
    const node = this.settled.get(nodeOf(endpoint));
    return !node || (PASSING_ON.has(node.operation) && this.isFed(node.inputs[0]));
  }

  /** How an endpoint is computed, down to variables and constants, as text. */
  originOf(endpoint: Endpoint): string {
    const source = this.sources.get(endpoint);
    if (source) return source.endpoint;
    const node = this.settled.get(nodeOf(endpoint)) ?? this.constants.get(nodeOf(endpoint))!;
    const value = node.constant && [node.constant.shape, Buffer.from(node.constant.bytes).toString('hex')];
    return JSON.stringify([node.operation, node.attributes, value, node.inputs.map((input) => this.originOf(input))]);
  }

  /** Adds what computes an endpoint from the sources. */
  addTo(graph: Graph, scope: string, endpoint: Endpoint): Endpoint {
    const added = new Map<string, Endpoint>();
    const add = (one: Endpoint): Endpoint => {
      const source = this.sources.get(one)?.endpoint ?? added.get(one);
      if (source) return source;
      const node = this.settled.get(nodeOf(one)) ?? this.constants.get(nodeOf(one))!;
      const inputs = node.inputs.map(add);
      const result = graph.addNode({ ...node, name: `${scope}/${node.operation}_${added.size}`, inputs });
      added.set(one, result);
      return result;
    };
    return add(endpoint);
  }
}
