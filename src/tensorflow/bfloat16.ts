/** Turns recorded nodes into nodes that compute in bfloat16 where `bfloat16-operations.ts` says so. */

import { attributeOf, booleanAttribute, typeAttribute } from './attributes';
import { backend, type OperationAttribute } from './backend';
import { BFLOAT16_OPERATIONS } from './bfloat16-operations';
import type { Endpoint, GraphNode } from './graph';
import { type Recording, readersByEndpoint } from './recording';

/** TensorFlow's number of the type; TensorFlow.js has no name for it. */
const DT_BFLOAT16 = 14;

/**
 * The same function with its convolutions, and what lies between them, in bfloat16: inputs are rounded to 8 significant
 * bits, products are summed in float32, results rounded again. Inputs, variables and outputs of the function stay float32.
 */
export function inBfloat16(recording: Recording): Recording {
  const casts = new Casts();
  const nodes: GraphNode[] = [];
  const converted = new Set<string>();
  for (const node of recording.nodes) {
    const places = bfloat16Places(node, casts);
    const inputs = node.inputs.map((input, place) => casts.as(places.includes(place), input));
    nodes.push(...casts.take());
    if (places.length === 0) {
      nodes.push({ ...node, inputs });
      continue;
    }
    nodes.push({ ...node, inputs, attributes: withType(node.attributes) });
    converted.add(node.name);
    for (const output of BFLOAT16_OPERATIONS[node.operation]!.outputs(node)) casts.note(`${node.name}:${output}`);
  }
  const outputs = recording.outputs.map((output) => casts.as(false, output));
  const assigned = recording.variables.map(({ assigned }) => assigned && casts.as(false, assigned));
  nodes.push(...casts.take());
  const readersOf = readersByEndpoint(nodes);
  return {
    ...recording,
    nodes,
    outputs,
    variables: recording.variables.map((variable, index) => {
      return { ...variable, assigned: assigned[index], readers: readersOf(variable.value) };
    }),
    // Other forms of a convolution are built of float32 operations.
    convolutions: new Map([...recording.convolutions].filter(([name]) => !converted.has(name))),
  };
}

/** The places of the inputs that a node takes in bfloat16; none for one that stays float32. */
function bfloat16Places(node: GraphNode, casts: Casts): number[] {
  const rule = BFLOAT16_OPERATIONS[node.operation];
  const type = attributeOf(node.attributes, 'T');
  if (!rule || type !== backend().binding.TF_FLOAT) return [];
  const places = rule.inputs(node);
  return rule.leads || places.some((place) => casts.isBfloat16(node.inputs[place])) ? places : [];
}

function withType(attributes: readonly OperationAttribute[]): OperationAttribute[] {
  return attributes.map((attribute) => (attribute.name === 'T' ? { ...attribute, value: DT_BFLOAT16 } : attribute));
}

/** Both formats of each endpoint, cast once for all that take it. */
class Casts {
  private readonly bfloat16 = new Set<Endpoint>();
  private readonly cast = new Map<Endpoint, Endpoint>();
  private added: GraphNode[] = [];

  /** Notes that a node gives bfloat16 at this endpoint, where the recording had float32. */
  note(endpoint: Endpoint): void {
    this.bfloat16.add(endpoint);
  }

  isBfloat16(endpoint: Endpoint): boolean {
    return this.bfloat16.has(endpoint);
  }

  /** The endpoint in bfloat16, or in the format that the recording had. */
  as(bfloat16: boolean, endpoint: Endpoint): Endpoint {
    if (this.bfloat16.has(endpoint) === bfloat16) return endpoint;
    const known = this.cast.get(endpoint);
    if (known) return known;
    const { TF_FLOAT } = backend().binding;
    const name = `${endpoint.replace(':', '_')}/${bfloat16 ? 'to_bfloat16' : 'to_float32'}`;
    const attributes = [
      typeAttribute('SrcT', bfloat16 ? TF_FLOAT : DT_BFLOAT16),
      typeAttribute('DstT', bfloat16 ? DT_BFLOAT16 : TF_FLOAT),
      booleanAttribute('Truncate', false),
    ];
    this.added.push({ name, operation: 'Cast', inputs: [endpoint], attributes, after: [] });
    this.cast.set(endpoint, `${name}:0`);
    return `${name}:0`;
  }

  /** The casts that were added since the last time. */
  take(): GraphNode[] {
    const added = this.added;
    this.added = [];
    return added;
  }
}
