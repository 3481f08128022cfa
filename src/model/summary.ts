import type { tf } from '../tensorflow/tensorflow';

export interface ModelPart {
  /** A block's name, such as `block3`, `bottleneck` or `up1`; or that of a single layer. */
  part: string;
  /** Its layers without the block's name. */
  layers: string;
  /** Shape after the last of them, without the batch: `48x48x64`. */
  output: string;
  parameters: number;
}

/** What a model consists of, block by block, in the order of the data. A layer called `up1_conv2` belongs to `up1`. */
export function modelParts(model: tf.LayersModel): ModelPart[] {
  const parts: ModelPart[] = [];
  for (const layer of model.layers) {
    const [part, ...rest] = layer.name.split('_');
    const output = (layer.outputShape as (number | null)[]).slice(1).join('x');
    const last = parts[parts.length - 1];
    // Batch normalisation and rectifier go with the convolution in front of them.
    const own = rest.length === 1 ? rest[0] : '';
    if (last?.part === part) {
      last.layers = `${last.layers} ${own}`.trim();
      last.output = output;
      last.parameters += layer.countParams();
    } else parts.push({ part, layers: own, output, parameters: layer.countParams() });
  }
  return parts;
}
