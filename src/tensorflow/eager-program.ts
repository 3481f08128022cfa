import { ADAM, type AdamState, applyAdam, biasCorrected } from './adam';
import type { Program, ProgramFunction, ProgramStep, TensorFunction, TrainingStepOptions } from './program-interface';
import { tf } from './tensorflow';

/** Runs a program's functions operation by operation, as TensorFlow.js does; the variables are TensorFlow.js's own. */
export class EagerProgram implements Program {
  private readonly steps: EagerStep[] = [];
  readonly convolutionForms = {};

  function(compute: TensorFunction): ProgramFunction {
    return { prepare: () => undefined, run: (inputs) => tf.tidy(() => compute(...inputs)) };
  }

  trainingStep(options: TrainingStepOptions): ProgramStep {
    const step = new EagerStep(options);
    this.steps.push(step);
    return step;
  }

  pull(): void {}

  push(): void {}

  dispose(): void {
    for (const step of this.steps) step.dispose();
  }
}

class EagerStep implements ProgramStep {
  private readonly slots = new Map<string, [tf.Variable, tf.Variable]>();
  private steps = 0;

  constructor(private readonly options: TrainingStepOptions) {}

  prepare(): void {}

  run(inputs: readonly tf.Tensor[], learningRate: number): tf.Scalar {
    const { loss, variables, learningRateFactors } = this.options;
    const constants = { ...ADAM, ...this.options };
    this.steps += 1;
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => loss(...inputs), [...variables]);
      const corrected = biasCorrected(this.steps, learningRate, constants);
      variables.forEach((variable, index) => {
        const gradient = grads[variable.name];
        // Rounded as in a graph, where the rate is a float32 before it is multiplied.
        const rate = Math.fround(corrected.rate) * (learningRateFactors?.[index] ?? 1);
        if (gradient) applyAdam(variable, this.slotsOf(variable), gradient, { ...corrected, rate }, constants);
      });
      return value;
    });
  }

  state(): AdamState {
    const slots = this.options.variables.map((variable) => this.slotsOf(variable));
    return {
      steps: this.steps,
      first: slots.map(([first]) => first.clone()),
      second: slots.map(([, second]) => second.clone()),
    };
  }

  restore({ steps, first, second }: AdamState): void {
    this.steps = steps;
    this.options.variables.forEach((variable, index) => {
      const slots = this.slotsOf(variable);
      slots[0].assign(first[index]);
      slots[1].assign(second[index]);
    });
  }

  dispose(): void {
    for (const slots of this.slots.values()) tf.dispose(slots);
    this.slots.clear();
  }

  private slotsOf(variable: tf.Variable): [tf.Variable, tf.Variable] {
    const zeros = () => tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
    const slots = this.slots.get(variable.name) ?? [zeros(), zeros()];
    this.slots.set(variable.name, slots);
    return slots;
  }
}
