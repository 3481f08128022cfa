import { shapeAttribute, stringAttribute, typeAttribute } from './attributes';
import { typeNumber } from './backend';
import { type Endpoint, type Graph, nodeOf } from './graph';
import type { GraphSession } from './graph-session';
import { tf } from './tensorflow';

/** Variables that live in a graph's session, and are read and written from outside together. */
export class VariableGroup {
  /** The resources, in order. */
  readonly handles: Endpoint[] = [];
  /** Their values now, in order. */
  readonly values: Endpoint[] = [];
  private readonly inputs: Endpoint[] = [];
  private readonly written: Endpoint;

  /** Adds variables to a graph, the nodes named after the group; they have no value until they are written. */
  constructor(graph: Graph, name: string, variables: readonly { shape: number[]; dtype: tf.DataType }[]) {
    const writes = variables.map(({ shape, dtype }, index) => {
      const node = `${name}/${index}`;
      const type = (attribute: string) => typeAttribute(attribute, typeNumber(dtype));
      const place = shapeAttribute('shape', shape);
      const shared = stringAttribute('shared_name', node);
      const handle = graph.add(node, 'VarHandleOp', { attributes: [type('dtype'), place, shared] });
      const value = graph.add(`${node}/read`, 'ReadVariableOp', { inputs: [handle], attributes: [type('dtype')] });
      const input = graph.placeholder(`${node}/input`, { shape, dtype: typeNumber(dtype) });
      const copy = copyOf(graph, `${node}/copy`, input, typeNumber(dtype));
      this.handles.push(handle);
      this.values.push(value);
      this.inputs.push(input);
      return assign(graph, `${node}/write`, handle, copy, typeNumber(dtype));
    });
    this.written = doneAfter(graph, `${name}/written`, writes);
  }

  /** @returns the values, owned by the tidy around the call; what the session does later leaves them as they are. */
  read(session: GraphSession): tf.Tensor[] {
    return session.run([], this.values);
  }

  write(session: GraphSession, values: readonly tf.Tensor[]): void {
    const feeds = this.inputs.map((input, index) => [input, values[index]] as const);
    tf.dispose(session.run(feeds, [this.written]));
  }

  /** Adds what sets float32 variables to zero, and returns what to fetch for it. `like` are values of the same shapes. */
  zeroed(graph: Graph, name: string, like: readonly Endpoint[]): Endpoint {
    const type = typeNumber('float32');
    const attributes = [typeAttribute('T', type)];
    const writes = this.handles.map((handle, index) => {
      const zeros = graph.add(`${name}/${index}`, 'ZerosLike', { inputs: [like[index]], attributes });
      return assign(graph, `${name}/${index}/write`, handle, zeros, type);
    });
    return doneAfter(graph, `${name}/done`, writes);
  }
}

/** @returns the name of the node. */
export function assign(
  graph: Graph,
  name: string,
  handle: Endpoint,
  value: Endpoint,
  dtype: number,
  after: string[] = [],
): string {
  const attributes = [typeAttribute('dtype', dtype)];
  return nodeOf(graph.add(name, 'AssignVariableOp', { inputs: [handle, value], attributes, after }));
}

/** A variable takes one of what is fed, whose memory belongs to JavaScript, which alone may free it. */
export function copyOf(graph: Graph, name: string, value: Endpoint, dtype: number): Endpoint {
  return graph.add(name, 'DeepCopy', { inputs: [value], attributes: [typeAttribute('T', dtype)] });
}

/** A constant that can be fetched, as assignments cannot, and that comes after them. */
export function doneAfter(graph: Graph, name: string, nodes: string[]): Endpoint {
  return graph.integers(name, [0], [], nodes);
}
