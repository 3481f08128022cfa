import type { FormChooser } from './autotune';
import { backend, typeNumber } from './backend';
import { CompiledFunction } from './compiled-function';
import { CompiledStep } from './compiled-step';
import { convolutionOperands } from './convolution-case';
import { type ConvolutionCase, type ConvolutionForm, STOCK } from './convolution-forms';
import { type Endpoint, Graph, type GraphNode, nodeOf, type TensorSpec } from './graph';
import { GraphSession } from './graph-session';
import { NodeBuilder } from './node-builder';
import type { Program, ProgramFunction, ProgramStep, TensorFunction, TrainingStepOptions } from './program';
import { type Recording, record } from './recorder';
import { tf } from './tensorflow';
import { assign, VariableGroup } from './variable-group';

/**
 * Runs a program's functions as TensorFlow graphs. All of them, for every combination of input shapes, are parts of one
 * graph in one session, so that they share the variables. TensorFlow cannot add to a loaded graph: when another part is
 * needed, the larger graph is loaded anew and the variables move over.
 */
export class CompiledProgram implements Program {
  readonly graph = new Graph();
  private readonly stored = new Map<tf.Variable, { handle: Endpoint; value: Endpoint }>();
  private readonly groups: StoredGroup[] = [];
  private session: GraphSession | null = null;
  private loaded = { size: 0, groups: 0 };
  private functions = 0;
  private disposed = false;

  /** @param chooser of the forms of convolutions; null takes TensorFlow's own */
  constructor(private readonly chooser: FormChooser | null) {}

  get convolutionForms(): Record<string, string> {
    const chosen = [...(this.chooser?.chosen ?? [])];
    return Object.fromEntries(chosen.filter(([, form]) => form !== STOCK));
  }

  function(compute: TensorFunction): ProgramFunction {
    return new CompiledFunction(this, `function_${this.functions++}`, compute);
  }

  trainingStep(options: TrainingStepOptions): ProgramStep {
    return new CompiledStep(this, `step_${this.functions++}`, options);
  }

  pull(): void {
    tf.tidy(() => {
      for (const { group, variables } of this.groups.slice(0, this.loaded.groups))
        if (variables)
          group.read(this.session!).forEach((value, index) => {
            variables[index].assign(value);
          });
    });
  }

  push(): void {
    for (const { group, variables } of this.groups.slice(0, this.loaded.groups))
      if (variables) group.write(this.session!, variables);
  }

  dispose(): void {
    this.disposed = true;
    this.session?.dispose();
    this.loaded = { size: 0, groups: 0 };
  }

  /** The session's copies of variables, in the graph; those that are not there yet are added. */
  store(variables: readonly tf.Variable[]): { handle: Endpoint; value: Endpoint }[] {
    const missing = variables.filter((variable) => !this.stored.has(variable));
    if (missing.length > 0) {
      const group = new VariableGroup(this.graph, `variables_${this.groups.length}`, missing);
      missing.forEach((variable, index) => {
        this.stored.set(variable, { handle: group.handles[index], value: group.values[index] });
      });
      this.groups.push({ group, variables: missing });
    }
    return variables.map((variable) => this.stored.get(variable)!);
  }

  /** Adds two variables for each of these that only the session has, zero at first: all first ones, then all second ones. */
  addSlots(variables: readonly tf.Variable[]): VariableGroup {
    const name = `slots_${this.groups.length}`;
    const twice = [...variables, ...variables];
    const group = new VariableGroup(this.graph, name, twice);
    const like = this.store(twice).map(({ value }) => value);
    this.groups.push({ group, variables: null, zeroed: group.zeroed(this.graph, `${name}/zeroed`, like) });
    return group;
  }

  /** The session of the whole graph as it is now, with all variables set. */
  ready(): GraphSession {
    if (this.disposed) throw new Error('this program has been disposed of');
    if (this.session && this.loaded.size === this.graph.size) return this.session;
    const kept = this.groups.slice(0, this.loaded.groups).map(({ group }) => tf.tidy(() => group.read(this.session!)));
    this.session?.dispose();
    const session = new GraphSession(this.graph);
    this.groups.forEach(({ group, variables, zeroed }, index) => {
      if (index < kept.length) group.write(session, kept[index]);
      else if (variables) group.write(session, variables);
      else tf.dispose(session.run([], [zeroed!]));
      tf.dispose(kept[index]);
    });
    this.loaded = { size: this.graph.size, groups: this.groups.length };
    this.session = session;
    return session;
  }

  /** Records a function and takes it into the graph, with what it assigns. */
  record(scope: string, inputs: readonly TensorSpec[], compute: (inputs: tf.Tensor[]) => tf.Tensor[]): Recorded {
    const recording = record({ scope, inputs, compute });
    const handles = this.store(recording.variables.map(({ variable }) => variable)).map(({ handle }) => handle);
    recording.variables.forEach(({ variable, value }, index) => {
      const attributes = [this.type('dtype', typeNumber(variable.dtype))];
      this.graph.add(nodeOf(value), 'ReadVariableOp', { inputs: [handles[index]], attributes });
    });
    for (const node of recording.nodes) {
      const convolution = recording.convolutions.get(node.name);
      const form = convolution && this.chooser?.formOf(convolution);
      if (form && form.name !== STOCK) this.addInForm(node, convolution, form);
      else this.graph.addNode(node);
    }
    const updates = recording.variables.flatMap(({ variable, assigned, readers }, index) => {
      if (!assigned) return [];
      const dtype = typeNumber(variable.dtype);
      const attributes = [this.type('T', dtype)];
      const copy = this.graph.add(`${scope}/assigned_${index}`, 'DeepCopy', { inputs: [assigned], attributes });
      return [assign(this.graph, `${scope}/assign_${index}`, handles[index], copy, dtype, readers)];
    });
    return { ...recording, updates };
  }

  /** Adds what a recorded convolution computes, in another form, under the name it was recorded by. */
  private addInForm({ name, inputs }: GraphNode, { part }: ConvolutionCase, form: ConvolutionForm): void {
    const result = form.build(new NodeBuilder(this.graph, `${name}/${form.name}`), convolutionOperands(part, inputs));
    const attributes = [this.type('T', backend().binding.TF_FLOAT)];
    this.graph.add(name, 'Identity', { inputs: [result], attributes });
  }

  /** An endpoint to fetch, computed when all updates are done. */
  result(name: string, value: Endpoint, dtype: number, updates: string[]): Endpoint {
    return this.graph.add(name, 'Identity', { inputs: [value], attributes: [this.type('T', dtype)], after: updates });
  }

  type(name: string, dtype: number) {
    return { name, type: backend().binding.TF_ATTR_TYPE, value: dtype };
  }
}

interface StoredGroup {
  group: VariableGroup;
  /** The TensorFlow.js variables that these stand for; null for slots. */
  variables: tf.Variable[] | null;
  /** Sets slots to zero. */
  zeroed?: Endpoint;
}

interface Recorded extends Recording {
  /** Names of the nodes that assign variables. */
  updates: string[];
}
