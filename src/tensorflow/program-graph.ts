import { typeAttribute } from './attributes';
import type { FormChooser } from './autotune';
import { backend, typeNumber } from './backend';
import { withFoldedBatchNorm } from './batch-norm-folding';
import { inBfloat16 } from './bfloat16';
import { caseName, convolutionOperands } from './convolution-case';
import { type ConvolutionCase, type ConvolutionForm, STOCK } from './convolution-forms';
import { type Endpoint, Graph, type GraphNode, nodeOf, type TensorSpec } from './graph';
import { type Feeds, GraphSession } from './graph-session';
import { NodeBuilder } from './node-builder';
import type { FormatChooser, NumberFormat } from './precision-choice';
import { PredictionGraph } from './prediction-graph';
import { withRecomputedActivations } from './recomputed-activations';
import { type RecordedFunction, record } from './recorder';
import type { Recording } from './recording';
import { tf } from './tensorflow';
import { assign, copyOf, VariableGroup } from './variable-group';
import { VariableLoan } from './variable-loan';

/**
 * The one graph of a program's functions that assign variables, for every combination of input shapes, in one session, so
 * that they share the variables; those that assign none are in a graph of their own, `predictions`, which is told when variables change. TensorFlow cannot add to a loaded graph: when another part is needed, the larger graph is loaded again and the
 * variables move over.
 */
export class ProgramGraph {
  readonly graph = new Graph();
  readonly predictions = new PredictionGraph();
  private readonly stored = new Map<tf.Variable, { handle: Endpoint; value: Endpoint }>();
  private readonly groups: StoredGroup[] = [];
  private session: GraphSession | null = null;
  private loaded = { size: 0, groups: 0 };
  private disposed = false;

  /** Forms and formats of convolutions other than TensorFlow's own operation in float32, by what they compute. */
  private readonly computed = new Map<string, string>();

  constructor(private readonly options: ProgramGraphOptions) {}

  get convolutionForms(): Record<string, string> {
    return Object.fromEntries(this.computed);
  }

  /** Gives the TensorFlow.js variables the values that the session has. */
  pull(): void {
    for (const { group, loan } of this.loadedGroups()) tf.tidy(() => loan?.share(group.read(this.session!)));
  }

  /** Gives the session the values of the TensorFlow.js variables. */
  push(): void {
    this.predictions.forget();
    for (const { group, loan } of this.loadedGroups())
      if (loan)
        tf.tidy(() => {
          loan.share(group.read(this.session!), { missing: true });
          group.write(this.session!, loan.variables);
          loan.share(group.read(this.session!));
        });
  }

  /** The TensorFlow.js variables have their values from then on, as they were last. */
  dispose(): void {
    this.disposed = true;
    this.predictions.forget();
    for (const { group, loan } of this.loadedGroups())
      tf.tidy(() => loan?.share(group.read(this.session!), { missing: true }));
    this.session?.dispose();
    this.loaded = { size: 0, groups: 0 };
  }

  /** Computes endpoints of the graph, which assigns variables. */
  run(feeds: Feeds, fetches: readonly Endpoint[]): tf.Tensor[] {
    this.predictions.forget();
    const session = this.ready();
    for (const { loan } of this.groups) loan?.letGo();
    return session.run(feeds, fetches);
  }

  /** Computes endpoints of functions that assign nothing. */
  predict(feeds: Feeds, fetches: readonly Endpoint[]): tf.Tensor[] {
    this.requireUndisposed();
    return this.predictions.run(feeds, fetches, (variables) => {
      const values = this.store(variables).map(({ value }) => value);
      return this.ready().run([], values);
    });
  }

  private loadedGroups(): StoredGroup[] {
    return this.groups.slice(0, this.loaded.groups);
  }

  /** The session's copies of variables, in the graph; those that are not there yet are added. */
  store(variables: readonly tf.Variable[]): { handle: Endpoint; value: Endpoint }[] {
    const missing = variables.filter((variable) => !this.stored.has(variable));
    if (missing.length > 0) {
      const group = new VariableGroup(this.graph, `variables_${this.groups.length}`, missing);
      missing.forEach((variable, index) => {
        this.stored.set(variable, { handle: group.handles[index], value: group.values[index] });
      });
      this.groups.push({ group, loan: new VariableLoan(missing) });
    }
    return variables.map((variable) => this.stored.get(variable)!);
  }

  /** Adds a variable like each of these that only the session has, zero at first. */
  addSlots(variables: readonly tf.Variable[]): VariableGroup {
    const name = `slots_${this.groups.length}`;
    const group = new VariableGroup(this.graph, name, variables);
    const like = this.store(variables).map(({ value }) => value);
    this.groups.push({ group, loan: null, zeroed: group.zeroed(this.graph, `${name}/zeroed`, like) });
    return group;
  }

  /** The session of the whole graph as it is now, with all variables set. */
  ready(): GraphSession {
    this.requireUndisposed();
    if (this.session && this.loaded.size === this.graph.size) return this.session;
    const kept = this.groups.slice(0, this.loaded.groups).map(({ group }) => tf.tidy(() => group.read(this.session!)));
    this.session?.dispose();
    const session = new GraphSession(this.graph);
    this.groups.forEach(({ group, loan, zeroed }, index) => {
      if (index < kept.length) group.write(session, kept[index]);
      else if (loan) {
        group.write(session, loan.variables);
        tf.tidy(() => loan.share(group.read(session)));
      } else tf.dispose(session.run([], [zeroed!]));
      tf.dispose(kept[index]);
    });
    this.loaded = { size: this.graph.size, groups: this.groups.length };
    this.session = session;
    return session;
  }

  private requireUndisposed(): void {
    if (this.disposed) throw new Error('this program has been disposed of');
  }

  /** Records a function and takes it into the graph, with what it assigns. */
  record(scope: string, inputs: readonly TensorSpec[], compute: RecordedFunction['compute']): Recorded {
    const recorded = record({ scope, inputs, compute });
    const exact = this.options.recompute ? withRecomputedActivations(recorded) : recorded;
    return this.add(scope, this.inFormat(exact, this.formatOf(exact, inputs)));
  }

  /** As {@link record}; a function that assigns nothing goes to those that {@link predict} runs. */
  recordFunction(
    scope: string,
    inputs: readonly TensorSpec[],
    compute: RecordedFunction['compute'],
  ): Recorded & { changing: boolean } {
    const exact = record({ scope, inputs, compute });
    const format = this.formatOf(exact, inputs);
    if (exact.variables.some(({ assigned }) => assigned))
      return { ...this.add(scope, this.inFormat(exact, format)), changing: true };
    const recording = this.inFormat(withFoldedBatchNorm(exact), format);
    const outputs = this.predictions.add({ ...recording, nodes: this.inForms(recording) });
    return { ...recording, outputs, updates: [], changing: false };
  }

  private add(scope: string, recording: Recording): Recorded {
    const nodes = this.inForms(recording);
    const handles = this.store(recording.variables.map(({ variable }) => variable)).map(({ handle }) => handle);
    recording.variables.forEach(({ variable, value }, index) => {
      const attributes = [typeAttribute('dtype', typeNumber(variable.dtype))];
      this.graph.add(nodeOf(value), 'ReadVariableOp', { inputs: [handles[index]], attributes });
    });
    for (const node of nodes) this.graph.addNode(node);
    const updates = recording.variables.flatMap(({ variable, assigned, readers }, index) => {
      if (!assigned) return [];
      const dtype = typeNumber(variable.dtype);
      const copy = copyOf(this.graph, `${scope}/assigned_${index}`, assigned, dtype);
      return [assign(this.graph, `${scope}/assign_${index}`, handles[index], copy, dtype, readers)];
    });
    return { ...recording, updates };
  }

  private formatOf(recording: Recording, inputs: readonly TensorSpec[]): NumberFormat {
    const { precision } = this.options;
    return typeof precision === 'string' ? precision : precision.formatOf(recording, inputs);
  }

  private inFormat(recording: Recording, format: NumberFormat): Recording {
    if (format === 'float32') return recording;
    const rounded = inBfloat16(recording);
    for (const [name, convolution] of recording.convolutions)
      if (!rounded.convolutions.has(name)) this.computed.set(caseName(convolution), format);
    return rounded;
  }

  /** The recording's nodes, with convolutions in the forms that are chosen for them. */
  private inForms(recording: Recording): GraphNode[] {
    const convolutions = [...recording.convolutions];
    const forms = this.options.forms?.formsOf(convolutions.map(([, convolution]) => convolution)) ?? [];
    const inForms = new Map(
      convolutions.map(([name, convolution], index) => [name, { convolution, form: forms[index] }]),
    );
    const graph = new Graph();
    for (const node of recording.nodes) {
      const chosen = inForms.get(node.name);
      if (chosen?.form && chosen.form.name !== STOCK) this.addInForm(graph, node, chosen.convolution, chosen.form);
      else graph.addNode(node);
    }
    return graph.nodes;
  }

  /** Adds what a recorded convolution computes, in another form, under the name it was recorded by. */
  private addInForm(
    graph: Graph,
    { name, inputs }: GraphNode,
    convolution: ConvolutionCase,
    form: ConvolutionForm,
  ): void {
    const operands = convolutionOperands(convolution.part, inputs);
    const result = form.build(new NodeBuilder(graph, `${name}/${form.name}`), operands);
    this.computed.set(caseName(convolution), form.name);
    graph.identity(name, result, backend().binding.TF_FLOAT);
  }
}

export interface ProgramGraphOptions {
  /** Chooses the forms of convolutions; null takes TensorFlow's own. */
  forms: FormChooser | null;
  /** Of convolutions and what lies between them, or who chooses it. */
  precision: NumberFormat | FormatChooser;
  /** Whether training steps compute activations again for the gradients instead of keeping them. */
  recompute?: boolean;
}

interface StoredGroup {
  group: VariableGroup;
  /** The TensorFlow.js variables that these stand for; null for slots. */
  loan: VariableLoan | null;
  /** Sets slots to zero. */
  zeroed?: Endpoint;
}

interface Recorded extends Recording {
  /** Names of the nodes that assign variables. */
  updates: string[];
}
