/**
 * Lets go of what a rectifier behind a batch normalisation gives once the forward pass has used it, and computes it again
 * for the gradients from the convolution's output, which is kept anyway (Chen et al. 2016, "Training Deep Nets with Sublinear
 * Memory Cost"; for these two layers Rota Bulò et al. 2018, "In-Place Activated BatchNorm").
 */
import { attributeOf, booleanAttribute } from './attributes';
import { type Endpoint, type GraphNode, nodeOf } from './graph';
import { type Recording, readersByEndpoint } from './recording';

/** Places of the activation that an operation of the backward pass takes, and of the gradient that it waits for anyway. */
const BACKWARD: Readonly<Partial<Record<string, { activation: number; gradient: number }>>> = {
  // input, shape of the filter, gradient
  Conv2DBackpropFilter: { activation: 0, gradient: 2 },
  // gradient, output
  ReluGrad: { activation: 1, gradient: 0 },
  // input, output, gradient
  MaxPoolGrad: { activation: 0, gradient: 2 },
};

/** The same function, in the same digits. */
export function withRecomputedActivations(recording: Recording): Recording {
  const byName = new Map(recording.nodes.map((node) => [node.name, node]));
  const copies = new Map<Endpoint, Endpoint>();
  const nodes = recording.nodes.flatMap((node) => {
    const places = BACKWARD[node.operation];
    if (!places) return [node];
    const activation = node.inputs[places.activation];
    const rectifier = byName.get(nodeOf(activation));
    const norm = rectifier?.operation === 'Relu' ? byName.get(nodeOf(rectifier.inputs[0])) : undefined;
    if (!rectifier || norm?.operation !== 'FusedBatchNormV3') return [node];
    const known = copies.get(activation);
    const added = known ? [] : copied(norm, rectifier, nodeOf(node.inputs[places.gradient]));
    const copy = known ?? `${added[1].name}:0`;
    copies.set(activation, copy);
    const inputs = node.inputs.map((input, place) => (place === places.activation ? copy : input));
    return [...added, { ...node, inputs }];
  });
  const readersOf = readersByEndpoint(nodes);
  const variables = recording.variables.map((variable) => ({ ...variable, readers: readersOf(variable.value) }));
  return { ...recording, nodes, variables };
}

/** @param after the node that the copies wait for; else they would be computed beside the originals and kept as long */
function copied(norm: GraphNode, rectifier: GraphNode, after: string): [norm: GraphNode, rectifier: GraphNode] {
  const training = attributeOf(norm.attributes, 'is_training') === true;
  // Of its outputs the second is the batch's mean and the fifth the variance that it divided by; the third is unbiased.
  const statistics = training ? [`${norm.name}:1`, `${norm.name}:4`] : norm.inputs.slice(3);
  const attributes = norm.attributes.map((attribute) =>
    attribute.name === 'is_training' ? booleanAttribute('is_training', false) : attribute,
  );
  const name = `${norm.name}/again`;
  return [
    { ...norm, name, inputs: [...norm.inputs.slice(0, 3), ...statistics], attributes, after: [after] },
    { ...rectifier, name: `${rectifier.name}/again`, inputs: [`${name}:0`] },
  ];
}
