import { ModelError } from '../../errors';
import type { Encoder } from '../encoders/encoder';
import { LayerWeights, type WeightArray } from './layer-weights';
import { float32Weight, readSafetensors } from './safetensors';

/** `torch.nn.BatchNorm2d`'s default, which torchvision's networks were trained with. */
export const TORCH_BATCH_NORM_EPSILON = 1e-5;

const CONVOLUTION = new Map([
  ['weight', 'kernel'],
  ['bias', 'bias'],
]);
const BATCH_NORM = new Map([
  ['weight', 'gamma'],
  ['bias', 'beta'],
  ['running_mean', 'moving_mean'],
  ['running_var', 'moving_variance'],
]);

/**
 * Reads torchvision's network of an encoder, whose modules (`features.5.weight`) get the Keras names of the layers they
 * are. Kernels turn from [outputs, inputs, height, width] to [height, width, inputs, outputs]. The classifier behind them
 * is left out.
 *
 * @param file in safetensors form
 * @throws ModelError when it is cut short, altered or another network, or holds a number that is not finite
 */
export function readTorchvisionWeights(file: string, encoder: Encoder): LayerWeights {
  const { part } = encoder.torchvision(false);
  const tensors = readSafetensors(file, (name) => part.test(name) && !name.endsWith('num_batches_tracked'));
  const network = encoder.torchvision([...tensors.keys()].some((name) => name.endsWith('.running_mean')));
  const convolutions = new Set(encoder.convolutions(1).map(({ name }) => name));
  const arrays = new Map<string, WeightArray>();
  const strange: string[] = [];
  for (const [name, tensor] of tensors) {
    const dot = name.lastIndexOf('.');
    const layer = network.modules.get(name.slice(0, dot));
    const weight = layer && (convolutions.has(layer) ? CONVOLUTION : BATCH_NORM).get(name.slice(dot + 1));
    if (!weight) strange.push(name);
    else {
      const array = float32Weight(tensor, `${file}: "${name}"`);
      const turned = weight === 'kernel' ? toKerasKernel(array, `${file}: "${name}"`, encoder) : array;
      arrays.set(`${layer}/${weight}`, turned);
    }
  }
  if (arrays.size === 0 || strange.length > 0)
    throw new ModelError(
      arrays.size === 0
        ? `${file}: holds no layer "${[...network.modules.keys()][0]}" as torchvision names them`
        : `${file}: holds ${strange.slice(0, 3).join(', ')}, which torchvision's ${network.title} does not have`,
      `give the state_dict of torchvision's ${network.makers}, saved with safetensors.torch.save_file`,
    );
  return new LayerWeights(file, arrays);
}

function toKerasKernel({ shape, values }: WeightArray, what: string, { title }: Encoder): WeightArray {
  if (shape.length !== 4)
    throw new ModelError(
      `${what} has shape [${shape}], expected a convolution's kernel`,
      `give the weights of a ${title}`,
    );
  const [outputs, inputs, height, width] = shape;
  const turned = new Float32Array(values.length);
  let from = 0;
  for (let output = 0; output < outputs; output += 1)
    for (let input = 0; input < inputs; input += 1)
      for (let place = 0; place < height * width; place += 1) {
        turned[(place * inputs + input) * outputs + output] = values[from];
        from += 1;
      }
  return { shape: [height, width, inputs, outputs], values: turned };
}
