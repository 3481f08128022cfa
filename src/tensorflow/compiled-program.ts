import { CompiledFunction } from './compiled-function';
import { CompiledStep } from './compiled-step';
import { ProgramGraph, type ProgramGraphOptions } from './program-graph';
import type { Program, ProgramFunction, ProgramStep, TensorFunction, TrainingStepOptions } from './program-interface';

/** Runs a program's functions as parts of one TensorFlow graph. */
export class CompiledProgram implements Program {
  private readonly graph: ProgramGraph;
  private functions = 0;

  constructor(options: ProgramGraphOptions) {
    this.graph = new ProgramGraph(options);
  }

  get convolutionForms(): Record<string, string> {
    return this.graph.convolutionForms;
  }

  function(compute: TensorFunction): ProgramFunction {
    return new CompiledFunction(this.graph, `function_${this.functions++}`, compute);
  }

  trainingStep(options: TrainingStepOptions): ProgramStep {
    return new CompiledStep(this.graph, `step_${this.functions++}`, options);
  }

  pull(): void {
    this.graph.pull();
  }

  push(): void {
    this.graph.push();
  }

  dispose(): void {
    this.graph.dispose();
  }
}
