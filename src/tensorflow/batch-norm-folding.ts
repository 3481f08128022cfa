/**
 * Folds batch normalisation by given statistics into the convolution before it, which then gives normalised values itself:
 *
 *     scale (filter * x + bias - mean) / sqrt(variance + epsilon) + offset = (factor filter) * x + (offset + factor (bias - mean))
 *     where factor = scale / sqrt(variance + epsilon), for each of the filter's output channels
 */
import { attributeOf, typeAttribute } from './attributes';
import { FloatNodes } from './float-nodes';
import { type Endpoint, Graph, type GraphNode, nodeOf } from './graph';
import { type Recording, readersByEndpoint } from './recording';

/**
 * The same function with its batch normalisations folded where filter and statistics are variables. Normalisation by the
 * batch's own statistics, as in training, stays as it is. Results differ by rounding.
 */
export function withFoldedBatchNorm(recording: Recording): Recording {
  const chains = new Map(foldable(recording).flatMap((chain) => [[chain.convolution.name, chain] as const]));
  const byNorm = new Map([...chains.values()].map((chain) => [chain.norm.name, chain]));
  const removed = new Set([...chains.values()].flatMap(({ bias }) => (bias ? [bias.name] : [])));
  const offsets = new Map<string, Endpoint>();
  const nodes: GraphNode[] = [];
  for (const node of recording.nodes) {
    const chain = chains.get(node.name);
    const norm = byNorm.get(node.name);
    if (chain) {
      const graph = new Graph();
      const folded = new FloatNodes(graph, `${chain.norm.name}/folded`);
      const [, scale, offset, mean, variance] = chain.norm.inputs;
      const epsilon = attributeOf(chain.norm.attributes, 'epsilon') as number;
      const root = folded.add('Rsqrt', [folded.add('AddV2', [variance, folded.constant(epsilon)])]);
      const factor = folded.add('Mul', [scale, root]);
      const filter = folded.add('Mul', [node.inputs[1], factor]);
      const centre = chain.bias ? folded.add('Sub', [chain.bias.inputs[1], mean]) : folded.add('Neg', [mean]);
      offsets.set(chain.norm.name, folded.add('AddV2', [offset, folded.add('Mul', [factor, centre])]));
      nodes.push(...graph.nodes, { ...node, inputs: [node.inputs[0], filter] });
    } else if (norm) nodes.push(biasAdd(node, `${norm.convolution.name}:0`, offsets.get(node.name)!));
    else if (!removed.has(node.name)) nodes.push(node);
  }
  const readersOf = readersByEndpoint(nodes);
  const variables = recording.variables.map((variable) => ({ ...variable, readers: readersOf(variable.value) }));
  return { ...recording, nodes, variables };
}

/** A convolution, the bias added to it if there is one, and the normalisation of that; nothing else takes what lies between. */
interface Chain {
  convolution: GraphNode;
  bias: GraphNode | null;
  norm: GraphNode;
}

function foldable({ nodes, outputs, variables }: Recording): Chain[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const readersOf = readersByEndpoint(nodes);
  const weights = new Set(variables.map(({ value }) => value));
  const before = (node: GraphNode) => {
    const [input] = node.inputs;
    const alone = readersOf(input).length === 1 && !outputs.includes(input);
    return alone ? byName.get(nodeOf(input)) : undefined;
  };
  return nodes.flatMap((norm) => {
    if (norm.operation !== 'FusedBatchNormV3' || attributeOf(norm.attributes, 'is_training') !== false) return [];
    const onlyNormalises = [1, 2, 3, 4, 5].every((output) => readersOf(`${norm.name}:${output}`).length === 0);
    const last = before(norm);
    const bias = last?.operation === 'BiasAdd' ? last : null;
    const convolution = bias ? before(bias) : last;
    if (convolution?.operation !== 'Conv2D') return [];
    const taken = [convolution.inputs[1], ...norm.inputs.slice(1), ...(bias ? [bias.inputs[1]] : [])];
    return onlyNormalises && taken.every((endpoint) => weights.has(endpoint)) ? [{ convolution, bias, norm }] : [];
  });
}

function biasAdd(norm: GraphNode, input: Endpoint, bias: Endpoint): GraphNode {
  const format = norm.attributes.find(({ name }) => name === 'data_format')!;
  return {
    name: norm.name,
    operation: 'BiasAdd',
    inputs: [input, bias],
    after: [],
    attributes: [typeAttribute('T', 'float32'), format],
  };
}
