import { typeAttribute } from './attributes';
import { backend, type OperationAttribute } from './backend';
import { type Endpoint, type Graph, nodeOf } from './graph';

/** Adds float32 arithmetic to a graph, each node named after a scope. */
export class FloatNodes {
  private readonly constants = new Map<number, Endpoint>();
  private count = 0;

  /** @param scope prefix of the names */
  constructor(
    protected readonly graph: Graph,
    private readonly scope: string,
  ) {}

  /**
   * @param own attributes beside the type
   * @param after names of nodes that run before this one although it takes nothing from them
   */
  add(operation: string, inputs: Endpoint[], own: OperationAttribute[] = [], after: string[] = []): Endpoint {
    const { TF_FLOAT } = backend().binding;
    // Operations that read or assign a variable as a whole know its type by another name.
    const type = typeAttribute(operation.endsWith('VariableOp') ? 'dtype' : 'T', TF_FLOAT);
    return this.graph.add(this.name(operation), operation, { inputs, attributes: [type, ...own], after });
  }

  /** As {@link add}, for an operation that is there for what it does: the name of its node. */
  run(operation: string, inputs: Endpoint[], after: string[] = []): string {
    return nodeOf(this.add(operation, inputs, [], after));
  }

  constant(value: number): Endpoint {
    const endpoint =
      this.constants.get(value) ?? this.graph.scalar(`${this.scope}/constant_${this.constants.size}`, value);
    this.constants.set(value, endpoint);
    return endpoint;
  }

  /** @returns a name that no other node has */
  protected name(operation: string): string {
    return `${this.scope}/${operation}_${this.count++}`;
  }
}
