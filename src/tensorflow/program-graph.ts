import { typeAttribute } from './attributes';
import type { FormChooser } from './autotune';
import { backend, typeNumber } from './backend';
import { inBfloat16 } from './bfloat16';
import { caseName, convolutionOperands } from './convolution-case';
import { type ConvolutionCase, type ConvolutionForm, STOCK } from './convolution-forms';
import { type Endpoint, Graph, type GraphNode, nodeOf, type TensorSpec } from './graph';
import { type Feeds, GraphSession } from './graph-session';
import { NodeBuilder } from './node-builder';
import type { FormatChooser, NumberFormat } from './precision-choice';
import { record } from './recorder';
import type { Recording } from './recording';
import { tf } from './tensorflow';
import { assign, VariableGroup } from './variable-group';
import { VariableLoan } from './variable-loan';

/**
 * The one graph of a program's functions, for every combination of input shapes, in one session, so that they share the
 * variables. TensorFlow cannot add to a loaded graph: when another part is needed, the larger graph is loaded again and the
 * variables move over.
 */
export class ProgramGraph {
  readonly graph = new Graph();
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
    for (const { group, loan } of this.loadedGroups())
      if (loan)
        tf.tidy(() => {
          loan.shareMissing(group.read(this.session!));
          group.write(this.session!, loan.variables);
          loan.share(group.read(this.session!));
        });
  }

  /** The TensorFlow.js variables have their values from then on, as they were last. */
  dispose(): void {
    this.disposed = true;
    for (const { group, loan } of this.loadedGroups()) tf.tidy(() => loan?.shareMissing(group.read(this.session!)));
    this.session?.dispose();
    this.loaded = { size: 0, groups: 0 };
  }

  /**
   * Computes endpoints of the graph.
   *
   * @param changing whether that assigns variables
   */
  run(feeds: Feeds, fetches: readonly Endpoint[], { changing }: { changing: boolean }): tf.Tensor[] {
    const session = this.ready();
    if (changing) for (const { loan } of this.groups) loan?.letGo();
    return session.run(feeds, fetches);
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
    if (this.disposed) throw new Error('this program has been disposed of');
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

  /** Records a function and takes it into the graph, with what it assigns. */
  record(scope: string, inputs: readonly TensorSpec[], compute: (inputs: tf.Tensor[]) => tf.Tensor[]): Recorded {
    const recording = this.inFormat(record({ scope, inputs, compute }), inputs);
    const handles = this.store(recording.variables.map(({ variable }) => variable)).map(({ handle }) => handle);
    recording.variables.forEach(({ variable, value }, index) => {
      const attributes = [typeAttribute('dtype', typeNumber(variable.dtype))];
      this.graph.add(nodeOf(value), 'ReadVariableOp', { inputs: [handles[index]], attributes });
    });
    const convolutions = [...recording.convolutions];
    const forms = this.options.forms?.formsOf(convolutions.map(([, convolution]) => convolution)) ?? [];
    const inForms = new Map(
      convolutions.map(([name, convolution], index) => [name, { convolution, form: forms[index] }]),
    );
    for (const node of recording.nodes) {
      const chosen = inForms.get(node.name);
      if (chosen?.form && chosen.form.name !== STOCK) this.addInForm(node, chosen.convolution, chosen.form);
      else this.graph.addNode(node);
    }
    const updates = recording.variables.flatMap(({ variable, assigned, readers }, index) => {
      if (!assigned) return [];
      const dtype = typeNumber(variable.dtype);
      const attributes = [typeAttribute('T', dtype)];
      const copy = this.graph.add(`${scope}/assigned_${index}`, 'DeepCopy', { inputs: [assigned], attributes });
      return [assign(this.graph, `${scope}/assign_${index}`, handles[index], copy, dtype, readers)];
    });
    return { ...recording, updates };
  }

  /** The recording in the number format that this program computes in. */
  private inFormat(recording: Recording, inputs: readonly TensorSpec[]): Recording {
    const { precision } = this.options;
    const format = typeof precision === 'string' ? precision : precision.formatOf(recording, inputs);
    if (format === 'float32') return recording;
    const rounded = inBfloat16(recording);
    for (const [name, convolution] of recording.convolutions)
      if (!rounded.convolutions.has(name)) this.computed.set(caseName(convolution), format);
    return rounded;
  }

  /** Adds what a recorded convolution computes, in another form, under the name it was recorded by. */
  private addInForm({ name, inputs }: GraphNode, convolution: ConvolutionCase, form: ConvolutionForm): void {
    const operands = convolutionOperands(convolution.part, inputs);
    const result = form.build(new NodeBuilder(this.graph, `${name}/${form.name}`), operands);
    this.computed.set(caseName(convolution), form.name);
    const attributes = [typeAttribute('T', backend().binding.TF_FLOAT)];
    this.graph.add(name, 'Identity', { inputs: [result], attributes });
  }

  /** An endpoint to fetch, computed when all updates are done. */
  result(name: string, value: Endpoint, dtype: number, updates: string[]): Endpoint {
    return this.graph.add(name, 'Identity', {
      inputs: [value],
      attributes: [typeAttribute('T', dtype)],
      after: updates,
    });
  }
}

export interface ProgramGraphOptions {
  /** Chooses the forms of convolutions; null takes TensorFlow's own. */
  forms: FormChooser | null;
  /** Of convolutions and what lies between them, or who chooses it. */
  precision: NumberFormat | FormatChooser;
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
