/** Puts a convolution, its bias and the rectifier after it into the one operation that oneDNN has for them. */
import { booleanAttribute, integerAttribute, stringAttribute } from './attributes';
import { backend } from './backend';
import { type Endpoint, type GraphNode, nodeOf } from './graph';
import { readersByEndpoint } from './recording';

/** What TensorFlow itself makes of such a chain, too late to be told that the filter stays. */
const OPERATION = '_MklNativeFusedConv2D';

/** Those of a convolution's attributes that the operation has too. */
const SHARED = new Set(['T', 'strides', 'padding', 'explicit_paddings', 'data_format', 'dilations']);

/** Whether TensorFlow computes convolutions with oneDNN here. */
export function hasOneDnn(): boolean {
  return process.env.TF_ENABLE_ONEDNN_OPTS !== '0' && !backend().isUsingGpuDevice;
}

/**
 * The same nodes, with those convolutions whose filter and bias are settled fused with what follows them. oneDNN keeps a
 * copy of each such filter in the order it computes with, made at the first run: **whatever gives filter and bias must
 * give the same for as long as the nodes are in one session**.
 *
 * @param outputs endpoints that others take
 * @param settled whether an endpoint never changes
 */
export function withFusedConvolutions(
  nodes: readonly GraphNode[],
  outputs: readonly Endpoint[],
  settled: (endpoint: Endpoint) => boolean,
): GraphNode[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const readersOf = readersByEndpoint(nodes);
  /** The one node that takes what this one gives, if it is of that operation. */
  const next = (node: GraphNode, operation: string) => {
    const readers = outputs.includes(`${node.name}:0`) ? [] : readersOf(`${node.name}:0`);
    const only = readers.length === 1 ? byName.get(readers[0])! : null;
    return only?.operation === operation && nodeOf(only.inputs[0]) === node.name ? only : null;
  };
  const fused = new Map<string, GraphNode>();
  const removed = new Set<string>();
  for (const convolution of nodes) {
    if (convolution.operation !== 'Conv2D' || !settled(convolution.inputs[1])) continue;
    const bias = next(convolution, 'BiasAdd');
    if (!bias || !settled(bias.inputs[1])) continue;
    const rectifier = next(bias, 'Relu');
    const last = rectifier ?? bias;
    const attributes = [
      ...convolution.attributes.filter(({ name }) => SHARED.has(name)),
      stringAttribute('fused_ops', ['BiasAdd', ...(rectifier ? ['Relu'] : [])]),
      ...biasAttributes(convolution),
      booleanAttribute('is_filter_const', true),
      stringAttribute('_kernel', 'MklNameChangeOp'),
    ];
    const inputs = [...convolution.inputs, bias.inputs[1]];
    fused.set(last.name, { name: last.name, operation: OPERATION, inputs, attributes, after: [] });
    removed.add(convolution.name);
    if (rectifier) removed.add(bias.name);
  }
  return nodes.flatMap((node) => (removed.has(node.name) ? [] : [fused.get(node.name) ?? node]));
}

/** Number and type of the inputs beside image and filter: the bias. */
function biasAttributes({ attributes }: GraphNode) {
  const type = attributes.find(({ name }) => name === 'T')!;
  return [
    integerAttribute('num_args', 1),
    { ...type, name: 'TArgs', value: [type.value] },
    integerAttribute('num_host_args', 0),
  ];
}
