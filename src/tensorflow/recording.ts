import type { ConvolutionCase } from './convolution-forms';
import type { Endpoint, GraphNode } from './graph';
import type { tf } from './tensorflow';

/** A function of tensors as nodes of a graph. */
export interface Recording {
  nodes: GraphNode[];
  inputs: Endpoint[];
  outputs: Endpoint[];
  variables: RecordedVariable[];
  /** What nodes compute of convolutions, by their names, where that can be computed in other forms too. */
  convolutions: ReadonlyMap<string, ConvolutionCase>;
}

/** A variable of TensorFlow.js that the recorded function read or assigned. */
export interface RecordedVariable {
  variable: tf.Variable;
  /** Its value at the start of the function; the node that reads it is for the caller to add. */
  value: Endpoint;
  /** Names of the nodes that take that value. */
  readers: string[];
  /** What the function assigned last, if anything. */
  assigned: Endpoint | null;
}

/** @returns for each endpoint the names of the nodes that take it, each once */
export function readersByEndpoint(nodes: readonly GraphNode[]): (endpoint: Endpoint) => string[] {
  const readers = new Map<Endpoint, string[]>();
  for (const { name, inputs } of nodes)
    for (const input of new Set(inputs)) readers.set(input, [...(readers.get(input) ?? []), name]);
  return (endpoint) => readers.get(endpoint) ?? [];
}
