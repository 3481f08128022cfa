import { typeNumber } from './backend';
import type { Endpoint, TensorSpec } from './graph';
import type { ProgramGraph } from './program-graph';
import type { InputSpec, ProgramFunction, TensorFunction } from './program-interface';
import type { tf } from './tensorflow';

/** Graphs of one function by the shapes and types of its inputs. */
export abstract class Traced<T> {
  private readonly traces = new Map<string, T>();

  constructor(
    protected readonly program: ProgramGraph,
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
  /** Whether it assigns variables. */
  changing: boolean;
}

/** A function as graphs in its program's graph. */
export class CompiledFunction extends Traced<Trace> implements ProgramFunction {
  constructor(
    program: ProgramGraph,
    scope: string,
    private readonly compute: TensorFunction,
  ) {
    super(program, scope);
  }

  run(inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const trace = this.trace(inputs);
    const feeds = trace.inputs.map((endpoint, index) => [endpoint, inputs[index]] as const);
    return trace.changing ? this.program.run(feeds, trace.outputs) : this.program.predict(feeds, trace.outputs);
  }

  protected record(scope: string, specs: readonly TensorSpec[]): Trace {
    let types: number[] = [];
    const { inputs, outputs, updates, changing } = this.program.recordFunction(scope, specs, (tensors) => {
      const results = this.compute(...tensors);
      types = results.map?.(({ dtype }) => typeNumber(dtype));
      return results;
    });
    const { graph } = changing ? this.program : this.program.predictions;
    const results = outputs.map((output, index) =>
      graph.identity(`${scope}/output_${index}`, output, types[index], updates),
    );
    return { inputs, outputs: results, changing };
  }
}
