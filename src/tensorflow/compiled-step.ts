import { ADAM, type AdamState, biasCorrected } from './adam';
import { backend } from './backend';
import { Traced } from './compiled-function';
import { type Endpoint, nodeOf, type TensorSpec } from './graph';
import type { ProgramGraph } from './program-graph';
import type { ProgramStep, TrainingStepOptions } from './program-interface';
import { tf } from './tensorflow';
import type { VariableGroup } from './variable-group';

interface StepTrace {
  inputs: Endpoint[];
  rate: Endpoint;
  epsilon: Endpoint;
  loss: Endpoint;
}

/** A training step as graphs in its program's graph; Adam's slots are variables that only the session has. */
export class CompiledStep extends Traced<StepTrace> implements ProgramStep {
  private slots: VariableGroup | null = null;
  private steps = 0;

  constructor(
    program: ProgramGraph,
    scope: string,
    private readonly options: TrainingStepOptions,
  ) {
    super(program, scope);
  }

  run(inputs: readonly tf.Tensor[], learningRate: number): tf.Scalar {
    const trace = this.trace(inputs);
    this.steps += 1;
    const corrected = biasCorrected(this.steps, learningRate, { ...ADAM, ...this.options });
    return tf.tidy(() => {
      const feeds: [Endpoint, tf.Tensor][] = trace.inputs.map((endpoint, index) => [endpoint, inputs[index]]);
      feeds.push([trace.rate, tf.scalar(corrected.rate)], [trace.epsilon, tf.scalar(corrected.epsilon)]);
      return this.program.run(feeds, [trace.loss], { changing: true })[0] as tf.Scalar;
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
