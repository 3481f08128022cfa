import { ModelError } from '../../errors';
import { VGG19_BLOCKS } from '../encoders/vgg19';
import { LayerWeights, type WeightArray } from './layer-weights';
import { float32Weight, readSafetensors } from './safetensors';

/** `torch.nn.BatchNorm2d`'s default, which torchvision's VGG19-BN was trained with. */
export const TORCH_BATCH_NORM_EPSILON = 1e-5;

const WEIGHT_NAMES = new Map([
  ['convolution.weight', 'kernel'],
  ['convolution.bias', 'bias'],
  ['batchNorm.weight', 'gamma'],
  ['batchNorm.bias', 'beta'],
  ['batchNorm.running_mean', 'moving_mean'],
  ['batchNorm.running_var', 'moving_variance'],
]);

/**
 * Reads torchvision's VGG19 or VGG19-BN, whose layers are numbered (`features.5.weight`): the n-th convolution is VGG19's
 * n-th, and gets its Keras name. Kernels turn from [outputs, inputs, height, width] to [height, width, inputs, outputs].
 * The classifier behind the features is left out.
 *
 * @param file in safetensors form
 * @throws ModelError when it is cut short, altered or another network, or holds a number that is not finite
 */
export function readTorchvisionWeights(file: string): LayerWeights {
  const tensors = readSafetensors(
    file,
    (name) => name.startsWith('features.') && !name.endsWith('num_batches_tracked'),
  );
  const batchNorm = [...tensors.keys()].some((name) => name.endsWith('.running_mean'));
  const layers = numberedLayers(batchNorm);
  const arrays = new Map<string, WeightArray>();
  const strange: string[] = [];
  for (const [name, tensor] of tensors) {
    const [, number, weight] = name.split('.');
    const layer = layers.get(Number(number));
    const kerasName = layer && WEIGHT_NAMES.get(`${layer.kind}.${weight}`);
    if (!kerasName) strange.push(name);
    else {
      const array = float32Weight(tensor, `${file}: "${name}"`);
      arrays.set(
        `${layer.name}/${kerasName}`,
        kerasName === 'kernel' ? toKerasKernel(array, `${file}: "${name}"`) : array,
      );
    }
  }
  const network = batchNorm ? 'VGG19-BN' : 'VGG19';
  if (arrays.size === 0 || strange.length > 0)
    throw new ModelError(
      arrays.size === 0
        ? `${file}: holds no layer "features.0" as torchvision names them`
        : `${file}: holds ${strange.slice(0, 3).join(', ')}, which torchvision's ${network} does not have`,
      "give the state_dict of torchvision's vgg19 or vgg19_bn, saved with safetensors.torch.save_file",
    );
  return new LayerWeights(file, arrays);
}

interface NumberedLayer {
  name: string;
  kind: 'convolution' | 'batchNorm';
}

/** What stands at each number of `features`: convolution, batch normalisation (if any), rectifier; pooling after a group. */
function numberedLayers(batchNorm: boolean): Map<number, NumberedLayer> {
  const layers = new Map<number, NumberedLayer>();
  let number = 0;
  for (const block of VGG19_BLOCKS) {
    for (const name of block.layers) {
      layers.set(number, { name, kind: 'convolution' });
      if (batchNorm) layers.set(number + 1, { name: `${name}_bn`, kind: 'batchNorm' });
      number += batchNorm ? 3 : 2;
    }
    number += 1;
  }
  return layers;
}

function toKerasKernel({ shape, values }: WeightArray, what: string): WeightArray {
  if (shape.length !== 4)
    throw new ModelError(
      `${what} has shape [${shape}], expected a convolution's kernel`,
      'give the weights of a VGG19',
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
