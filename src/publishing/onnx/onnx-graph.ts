import { ELEMENT, type OnnxNode, type OnnxTensor, onnxAttribute } from './messages';

type AttributeValue = Parameters<typeof onnxAttribute>[1];

/** A graph of ONNX in the making. Every node has one output, which is called as it is itself. */
export class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];

  /** @returns the name of its output */
  node(
    opType: string,
    name: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): string {
    const attribute = Object.entries(attributes).map(([key, value]) => onnxAttribute(key, value));
    this.nodes.push({ opType, name, input: [...input], output: [name], attribute });
    return name;
  }

  /** A float32 constant; @returns its name */
  float(name: string, { shape, values }: { shape: readonly number[]; values: Float32Array }): string {
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.constants.push({ name, dims: [...shape], dataType: ELEMENT.float, rawData });
    return name;
  }

  /** Whole numbers, such as indices; @returns their name */
  integers(name: string, values: readonly number[]): string {
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.constants.push({ name, dims: [values.length], dataType: ELEMENT.int64, rawData });
    return name;
  }
}
