import { ADAM, type AdamState, biasCorrected } from './adam';
import type { FormChooser } from './autotune';
import { backend, typeNumber } from './backend';
import { convolutionOperands } from './convolution-case';
import { type ConvolutionCase, type ConvolutionForm, STOCK } from './convolution-forms';
import { type Endpoint, Graph, type GraphNode, nodeOf, type TensorSpec } from './graph';
import { GraphSession } from './graph-session';
import { NodeBuilder } from './node-builder';
import type { InputSpec, Program, ProgramFunction, ProgramStep, TensorFunction, TrainingStepOptions } from './program';
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

/** Graphs of one function by the shapes and types of its inputs. */
abstract class Traced<T> {
  private readonly traces = new Map<string, T>();

  constructor(
    protected readonly program: CompiledProgram,
    private readonly scope: string,
  ) {}

  prepare(inputs: readonly InputSpec[]): void {
    this.trace(inputs);
  }

  protected trace(inputs: readonly { shape: number[]; dtype: tf.DataType }[]): T {
    const specs = inputs.map(({ shape, dtype }) => ({ shape, dtype: typeNumber(dtype) }));
    const key = JSON.stringify(specs);
    const trace = this.traces.get(key) ?? this.record(`${this.scope}/${this.traces.size}`, specs);
    this.traces.set(key, trace);
    return trace;
  }

  protected abstract record(scope: string, inputs: readonly TensorSpec[]): T;
}

interface Trace {
  inputs: Endpoint[];
  outputs: Endpoint[];
}

class CompiledFunction extends Traced<Trace> implements ProgramFunction {
  constructor(
    program: CompiledProgram,
    scope: string,
    private readonly compute: TensorFunction,
  ) {
    super(program, scope);
  }

  run(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const trace = this.trace(inputs);
    const feeds = trace.inputs.map((endpoint, index) => [endpoint, inputs[index]] as const);
    return this.program.ready().run(feeds, trace.outputs);
  }

  protected record(scope: string, specs: readonly TensorSpec[]): Trace {
    let types: number[] = [];
    const { inputs, outputs, updates } = this.program.record(scope, specs, (tensors) => {
      const results = this.compute(...tensors);
      types = results.map?.(({ dtype }) => typeNumber(dtype));
      return results;
    });
    const results = outputs.map((output, index) =>
      this.program.result(`${scope}/output_${index}`, output, types[index], updates),
    );
    return { inputs, outputs: results };
  }
}

interface StepTrace {
  inputs: Endpoint[];
  rate: Endpoint;
  epsilon: Endpoint;
  loss: Endpoint;
}

class CompiledStep extends Traced<StepTrace> implements ProgramStep {
  private slots: VariableGroup | null = null;
  private steps = 0;

  constructor(
    program: CompiledProgram,
    scope: string,
    private readonly options: TrainingStepOptions,
  ) {
    super(program, scope);
  }

  run(inputs: readonly tf.Tensor[], learningRate: number): tf.Scalar {
    const trace = this.trace(inputs);
    const session = this.program.ready();
    this.steps += 1;
    const corrected = biasCorrected(this.steps, learningRate, { ...ADAM, ...this.options });
    return tf.tidy(() => {
      const feeds: [Endpoint, tf.Tensor][] = trace.inputs.map((endpoint, index) => [endpoint, inputs[index]]);
      feeds.push([trace.rate, tf.scalar(corrected.rate)], [trace.epsilon, tf.scalar(corrected.epsilon)]);
      return session.run(feeds, [trace.loss])[0] as tf.Scalar;
    });
  }

  state(): AdamState {
    const group = this.slotGroup();
    const values = group.read(this.program.ready());
    const count = this.options.variables.length;
    return { steps: this.steps, first: values.slice(0, count), second: values.slice(count) };
  }

  restore({ steps, first, second }: AdamState): void {
    const group = this.slotGroup();
    group.write(this.program.ready(), [...first, ...second]);
    this.steps = steps;
  }

  private slotGroup(): VariableGroup {
    this.slots ??= this.program.addSlots(this.options.variables);
    return this.slots;
  }

  protected record(scope: string, specs: readonly TensorSpec[]): StepTrace {
    const { program, options } = this;
    const { graph } = program;
    let trained: tf.Variable[] = [];
    const recorded = program.record(scope, specs, (inputs) => {
      const { value, grads } = tf.variableGrads(() => options.loss(...inputs), [...options.variables]);
      trained = options.variables.filter(({ name }) => grads[name]);
      return [value, ...trained.map(({ name }) => grads[name])];
    });
    const { TF_FLOAT } = backend().binding;
    const scalar = { shape: [], dtype: TF_FLOAT };
    const rate = graph.placeholder(`${scope}/learning_rate`, scalar);
    const epsilon = graph.placeholder(`${scope}/epsilon`, scalar);
    const rateTimes = new Map([[1, rate]]);
    for (const factor of options.learningRateFactors ?? []) {
      if (rateTimes.has(factor)) continue;
      const name = `${scope}/learning_rate_times_${factor}`;
      const inputs = [rate, graph.scalar(`${name}/factor`, factor)];
      const attributes = [program.type('T', TF_FLOAT)];
      rateTimes.set(factor, graph.add(name, 'Mul', { inputs, attributes }));
    }
    const { beta1, beta2 } = { ...ADAM, ...options };
    const zero = graph.scalar(`${scope}/zero`, 0);
    const constants = [graph.scalar(`${scope}/beta1`, beta1), graph.scalar(`${scope}/beta2`, beta2)];
    const [loss, ...gradients] = recorded.outputs;
    const slots = this.slotGroup().handles;
    const stored = program.store(trained);
    const updates = trained.map((variable, index) => {
      const place = options.variables.indexOf(variable);
      const [first, second] = [slots[place], slots[options.variables.length + place]];
      const ownRate = rateTimes.get(options.learningRateFactors?.[place] ?? 1)!;
      const { readers } = recorded.variables.find((entry) => entry.variable === variable)!;
      // The powers of beta are zero because rate and epsilon hold the correction already.
      const update = graph.add(`${scope}/adam_${index}`, 'ResourceApplyAdam', {
        inputs: [stored[index].handle, first, second, zero, zero, ownRate, ...constants, epsilon, gradients[index]],
        attributes: [program.type('T', TF_FLOAT)],
        // When all who read it are done, the variable is changed in place instead of copied.
        after: readers,
      });
      return nodeOf(update);
    });
    const result = program.result(`${scope}/loss`, loss, TF_FLOAT, [...recorded.updates, ...updates]);
    return { inputs: recorded.inputs, rate, epsilon, loss: result };
  }
}
