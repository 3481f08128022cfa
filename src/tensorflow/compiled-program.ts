import { CompiledFunction } from './compiled-function';
import { CompiledStep } from './compiled-step';
import { ProgramGraph } from './program-graph';
import type { Program, ProgramFunction, ProgramStep, TensorFunction, TrainingStepOptions } from './program-interface';

/** Runs a program's functions as parts of one TensorFlow graph. */
export class CompiledProgram extends ProgramGraph implements Program {
  private functions = 0;

  function(compute: TensorFunction): ProgramFunction {
    return new CompiledFunction(this, `function_${this.functions++}`, compute);
  }

  trainingStep(options: TrainingStepOptions): ProgramStep {
    return new CompiledStep(this, `step_${this.functions++}`, options);
  }
}
