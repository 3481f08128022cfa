import { backend } from './backend';
import { Traced } from './compiled-function';
import { FloatNodes } from './float-nodes';
import type { Endpoint, TensorSpec } from './graph';
import { averageShare, type OptimizerState } from './optimizer';
import type { ProgramGraph } from './program-graph';
import type { GradientsListener, ProgramStep, TrainingStepOptions } from './program-interface';
import { tf } from './tensorflow';
import type { VariableGroup } from './variable-group';

/** Names the share that averages move by among the numbers of a step. */
const AVERAGE_SHARE = 'averageShare';

interface StepTrace {
  inputs: Endpoint[];
  /** The optimizer's numbers of the step, by their names. */
  scalars: Record<string, Endpoint>;
  loss: Endpoint;
  /** By the variables' names. */
  gradients: Record<string, Endpoint>;
}

/** A training step as graphs in its program's graph; the optimizer's slots are variables that only the session has. */
export class CompiledStep extends Traced<StepTrace> implements ProgramStep {
  private slots: VariableGroup | null = null;
  private averages: VariableGroup | null = null;
  private steps = 0;

  constructor(
    program: ProgramGraph,
    scope: string,
    private readonly options: TrainingStepOptions,
  ) {
    super(program, scope);
  }

  run(inputs: readonly tf.Tensor[], learningRate: number, onGradients?: GradientsListener): tf.Scalar {
    const trace = this.trace(inputs);
    this.steps += 1;
    const { rates, others } = this.scalars(this.steps, learningRate);
    const scalars = { ...rates, ...others };
    return tf.tidy(() => {
      const feeds: [Endpoint, tf.Tensor][] = trace.inputs.map((endpoint, index) => [endpoint, inputs[index]]);
      for (const [name, endpoint] of Object.entries(trace.scalars)) feeds.push([endpoint, tf.scalar(scalars[name])]);
      const watched = onGradients ? Object.entries(trace.gradients) : [];
      const fetches = [trace.loss, ...watched.map(([, gradient]) => gradient)];
      const [loss, ...gradients] = this.program.run(feeds, fetches);
      onGradients?.(Object.fromEntries(watched.map(([name], index) => [name, gradients[index]])));
      return loss as tf.Scalar;
    });
  }

  exchangeAverages(): void {
    const { averaged } = this.options;
    if (!averaged) return;
    const group = this.averageGroup();
    const session = this.program.ready();
    tf.tidy(() => {
      this.program.pull();
      const averages = group.read(session);
      group.write(session, averaged.variables);
      averaged.variables.forEach((variable, index) => {
        variable.assign(averages[index]);
      });
      this.program.push();
    });
  }

  state(): OptimizerState {
    const { variables, optimizer, averaged } = this.options;
    const values = this.slotGroup().read(this.program.ready());
    const slots = optimizer.slots.map((name, index) => {
      return [name, values.slice(index * variables.length, (index + 1) * variables.length)];
    });
    const averages = averaged && { averages: this.averageGroup().read(this.program.ready()) };
    return { steps: this.steps, slots: Object.fromEntries(slots), ...averages };
  }

  restore(state: OptimizerState): void {
    const group = this.slotGroup();
    const values = this.options.optimizer.slots.flatMap((name) => state.slots[name]);
    group.write(this.program.ready(), values);
    if (state.averages) this.averageGroup().write(this.program.ready(), state.averages);
    this.steps = state.steps;
  }

  private averageGroup(): VariableGroup {
    this.averages ??= this.program.addSlots(this.options.averaged?.variables ?? []);
    return this.averages;
  }

  /** The numbers of a step: those that are multiplied by a variable's factor, and the others. */
  private scalars(step: number, learningRate: number) {
    const { optimizer, averaged } = this.options;
    const { rates, others } = optimizer.scalars(step, learningRate);
    const share: Record<string, number> = averaged ? { [AVERAGE_SHARE]: averageShare(averaged.decay, step) } : {};
    return { rates, others: { ...others, ...share } };
  }

  /** All variables' first slots, then all their second ones, and so on. */
  private slotGroup(): VariableGroup {
    const { variables, optimizer } = this.options;
    this.slots ??= this.program.addSlots(optimizer.slots.flatMap(() => variables));
    return this.slots;
  }

  protected record(scope: string, specs: readonly TensorSpec[]): StepTrace {
    const { program } = this;
    const { variables, optimizer, loss: lossOf, learningRateFactors = [], decayed = [], adjusted } = this.options;
    const { graph } = program;
    let trained: tf.Variable[] = [];
    const recorded = program.record(scope, specs, (inputs) => {
      const { value, grads } = tf.variableGrads(() => lossOf(...inputs), [...variables]);
      trained = variables.filter(({ name }) => grads[name]);
      const raw = trained.map(({ name }) => grads[name]);
      return [value, ...(adjusted?.(raw) ?? raw)];
    });
    const { TF_FLOAT } = backend().binding;
    const nodes = new FloatNodes(graph, `${scope}/update`);
    const placeholders = (numbers: Readonly<Record<string, number>> = {}) =>
      mapValues(numbers, (_, name) => graph.placeholder(`${scope}/${name}`, { shape: [], dtype: TF_FLOAT }));
    const numbers = this.scalars(1, 1);
    const [rates, others] = [placeholders(numbers.rates), placeholders(numbers.others)];
    const ratesTimes = new Map([[1, rates]]);
    for (const factor of new Set(learningRateFactors))
      if (factor !== 1)
        ratesTimes.set(
          factor,
          mapValues(rates, (rate) => nodes.add('Mul', [rate, nodes.constant(factor)])),
        );
    const [loss, ...gradients] = recorded.outputs;
    const slots = this.slotGroup().handles;
    const stored = program.store(trained);
    const updates = trained.map((variable, index) => {
      const place = variables.indexOf(variable);
      const { readers, value } = recorded.variables.find((entry) => entry.variable === variable)!;
      const own = optimizer.slots.map((name, slot) => [name, slots[slot * variables.length + place]]);
      return optimizer.addTo(nodes, {
        variable: stored[index].handle,
        value,
        gradient: gradients[index],
        slots: Object.fromEntries(own),
        scalars: { ...ratesTimes.get(learningRateFactors[place] ?? 1), ...others },
        decayed: decayed[place] ?? true,
        readers,
      });
    });
    const averages = this.averageUpdates(nodes, others[AVERAGE_SHARE], (variable) => {
      const place = trained.indexOf(variable);
      return place < 0 ? recorded.updates : [updates[place]];
    });
    const result = graph.identity(`${scope}/loss`, loss, TF_FLOAT, [...recorded.updates, ...updates, ...averages]);
    const byName = Object.fromEntries(trained.map(({ name }, index) => [name, gradients[index]]));
    return { inputs: recorded.inputs, scalars: { ...rates, ...others }, loss: result, gradients: byName };
  }

  /** @param changing the nodes that a variable's value is to be read after */
  private averageUpdates(nodes: FloatNodes, share: Endpoint, changing: (variable: tf.Variable) => string[]): string[] {
    const { averaged } = this.options;
    if (!averaged) return [];
    const { handles, values } = this.averageGroup();
    return averaged.variables.map((variable, index) => {
      const [{ handle }] = this.program.store([variable]);
      const value = nodes.add('ReadVariableOp', [handle], [], changing(variable));
      const way = nodes.add('Mul', [nodes.add('Sub', [value, values[index]]), share]);
      return nodes.run('AssignAddVariableOp', [handles[index], way]);
    });
  }
}

function mapValues<K extends string, T, U>(values: Readonly<Record<K, T>>, map: (value: T, key: K) => U): Record<K, U> {
  const entries = Object.entries(values) as [K, T][];
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value, key)])) as Record<K, U>;
}
