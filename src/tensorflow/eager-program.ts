import { averageShare, type OptimizerState } from './optimizer';
import type {
  GradientsListener,
  Program,
  ProgramFunction,
  ProgramStep,
  TensorFunction,
  TrainingStepOptions,
} from './program-interface';
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
  private readonly slots = new Map<string, Record<string, tf.Variable>>();
  private readonly averages: tf.Variable[];
  private steps = 0;

  constructor(private readonly options: TrainingStepOptions) {
    this.averages = (options.averaged?.variables ?? []).map(zeros);
  }

  prepare(): void {}

  run(inputs: readonly tf.Tensor[], learningRate: number, onGradients?: GradientsListener): tf.Scalar {
    const { loss, variables, learningRateFactors = [], decayed = [], adjusted, optimizer, averaged } = this.options;
    this.steps += 1;
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => loss(...inputs), [...variables]);
      const { rates, others } = optimizer.scalars(this.steps, learningRate);
      const trained = variables.filter(({ name }) => grads[name]);
      const raw = trained.map(({ name }) => grads[name]);
      const gradients = adjusted?.(raw) ?? raw;
      onGradients?.(Object.fromEntries(trained.map(({ name }, place) => [name, gradients[place]])));
      gradients.forEach((gradient, place) => {
        const variable = trained[place];
        const index = variables.indexOf(variable);
        // Rounded as in a graph, where a rate is a float32 before it is multiplied.
        const own = Object.entries(rates).map(([name, rate]) => {
          return [name, Math.fround(rate) * (learningRateFactors[index] ?? 1)];
        });
        const scalars = { ...Object.fromEntries(own), ...others };
        const slots = this.slotsOf(variable);
        optimizer.apply({ variable, gradient, slots, scalars, decayed: decayed[index] ?? true });
      });
      if (averaged) {
        const share = averageShare(averaged.decay, this.steps);
        this.averages.forEach((average, index) => {
          average.assign(tf.add(average, tf.mul(tf.sub(averaged.variables[index], average), share)));
        });
      }
      return value;
    });
  }

  exchangeAverages(): void {
    tf.tidy(() => {
      this.averages.forEach((average, index) => {
        const variable = this.options.averaged!.variables[index];
        const value = variable.clone();
        variable.assign(average);
        average.assign(value);
      });
    });
  }

  state(): OptimizerState {
    const { variables, optimizer } = this.options;
    const slots = optimizer.slots.map((name) => [name, variables.map((each) => this.slotsOf(each)[name].clone())]);
    const averages = this.options.averaged && { averages: this.averages.map((each) => each.clone()) };
    return { steps: this.steps, slots: Object.fromEntries(slots), ...averages };
  }

  restore({ steps, slots, averages = [] }: OptimizerState): void {
    this.steps = steps;
    for (const [name, values] of Object.entries(slots))
      values.forEach((value, index) => {
        this.slotsOf(this.options.variables[index])[name].assign(value);
      });
    averages.forEach((value, index) => {
      this.averages[index].assign(value);
    });
  }

  dispose(): void {
    for (const slots of this.slots.values()) tf.dispose(slots);
    this.slots.clear();
    tf.dispose(this.averages);
  }

  private slotsOf(variable: tf.Variable): Record<string, tf.Variable> {
    const made = () => Object.fromEntries(this.options.optimizer.slots.map((name) => [name, zeros(variable)]));
    const slots = this.slots.get(variable.name) ?? made();
    this.slots.set(variable.name, slots);
    return slots;
  }
}

function zeros(variable: tf.Variable): tf.Variable {
  return tf.tidy(() => tf.variable(tf.zerosLike(variable), false));
}
