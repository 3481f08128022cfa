import { ModelError } from '../../errors';
import { type Hdf5Dataset, type Hdf5Group, isHdf5Group, readHdf5 } from './hdf5';
import { LayerWeights, type WeightArray } from './layer-weights';

/**
 * Reads the HDF5 files that Keras saves: the published weights (`layer/weight` below the root), a whole model (the same
 * below `model_weights`), and Keras 3's `.weights.h5` (`layers/conv2d_3/vars/0`, where an attribute holds the name).
 *
 * @returns the layers that VGG19 and its batch-normalised kin are made of; heads are left out
 * @throws ModelError when the file is cut short, damaged or laid out otherwise, or holds a number that is not finite
 */
export async function readKerasHdf5Weights(file: string): Promise<LayerWeights> {
  const arrays = await readHdf5(file, (root) => {
    const whole = root.keys().includes('model_weights') ? (root.get('model_weights') as Hdf5Group) : root;
    const keras3 = whole.get('layers');
    return isHdf5Group(keras3) ? keras3Arrays(keras3, file) : legacyArrays(whole, file);
  }).catch((cause: Error) => {
    if (cause.cause instanceof ModelError) throw cause.cause;
    throw new ModelError(`${file}: cannot be read as HDF5 (${cause.message})`, 'the file is damaged; fetch it again', {
      cause,
    });
  });
  if (arrays.size === 0)
    throw new ModelError(`${file}: holds no convolution as Keras saves it`, 'save it with model.save_weights of Keras');
  return new LayerWeights(file, arrays);
}

/**
 * The group of a layer bears its name. Of its weights the old versions of Keras have other names (`block1_conv1_W_1:0`), so
 * rank and meaning decide. Keras's own list of them, an attribute, is not asked: where such a file is damaged, HDF5 may
 * never come back from reading a text of variable length.
 */
function legacyArrays(root: Hdf5Group, file: string): Map<string, WeightArray> {
  const arrays = new Map<string, WeightArray>();
  for (const layer of root.keys()) {
    const group = root.get(layer);
    if (!isHdf5Group(group)) continue;
    for (const [path, dataset] of datasetsOf(group)) {
      const name = weightName(path, dataset);
      if (name) arrays.set(`${layer}/${name}`, float32Array(dataset, `${file}: "${layer}/${path}"`));
    }
  }
  return arrays;
}

function weightName(path: string, { shape }: Hdf5Dataset): string | undefined {
  if (shape?.length === 4) return 'kernel';
  if (shape?.length !== 1) return undefined;
  return /gamma|beta|moving_mean|moving_variance/.exec(path.slice(path.lastIndexOf('/') + 1))?.[0] ?? 'bias';
}

/** Keras 3 numbers a layer's weights in the order in which the layer made them. */
const KERAS3_WEIGHTS = [
  { kind: /^conv2d(_\d+)?$/, names: ['kernel', 'bias'] },
  { kind: /^batch_normalization(_\d+)?$/, names: ['gamma', 'beta', 'moving_mean', 'moving_variance'] },
];

function keras3Arrays(layers: Hdf5Group, file: string): Map<string, WeightArray> {
  const arrays = new Map<string, WeightArray>();
  for (const key of layers.keys()) {
    const names = KERAS3_WEIGHTS.find(({ kind }) => kind.test(key))?.names;
    const variables = layers.get(`${key}/vars`);
    if (!names || !isHdf5Group(variables)) continue;
    const layer = String(variables.get_attribute('name'));
    names.forEach((name, index) => {
      const dataset = variables.get(String(index));
      if (dataset && !isHdf5Group(dataset))
        arrays.set(`${layer}/${name}`, float32Array(dataset, `${file}: "layers/${key}/vars/${index}" (${layer})`));
    });
  }
  return arrays;
}

/** All data sets below a group, by their path in it. */
function datasetsOf(group: Hdf5Group, prefix = ''): [string, Hdf5Dataset][] {
  return group.keys().flatMap((key) => {
    const entry = group.get(key);
    if (isHdf5Group(entry)) return datasetsOf(entry, `${prefix}${key}/`);
    return entry ? [[prefix + key, entry] as [string, Hdf5Dataset]] : [];
  });
}

function float32Array({ dtype, shape, value }: Hdf5Dataset, what: string): WeightArray {
  if (dtype === '<f' && shape && value instanceof Float32Array) return { shape, values: value };
  throw new ModelError(`${what} is ${JSON.stringify(dtype)}, expected float32 ("<f")`, 'save the weights as float32');
}
