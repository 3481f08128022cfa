import type { PreprocessingName } from '../../data/preprocessing';
import { ModelError } from '../../errors';
import { KERAS_BATCH_NORM_EPSILON } from '../../tensorflow/fused-layers';
import type { Encoder, EncoderVariant } from '../encoders/encoder';
import { VGG19 } from '../encoders/vgg19';
import { isModelDescription } from '../model-description';
import type { ImagenetWeightsOptions } from './imagenet-weights';
import { readKerasHdf5Weights } from './keras-hdf5';
import type { LayerWeights } from './layer-weights';
import { isSafetensors } from './safetensors';
import { readTensorFlowJsWeights } from './tensorflow-js';
import { readTorchvisionWeights, TORCH_BATCH_NORM_EPSILON } from './torchvision';
import { firstBytes, isTensorFlowJs, weightsFile } from './weights-files';

/** Weights trained elsewhere, with what has to come along for them to mean the same here. */
export interface PretrainedSource {
  weights: LayerWeights;
  /** Under which they were trained. */
  preprocessing: PreprocessingName;
  /** Of their batch normalisation, if they have any. */
  batchNormEpsilon: number;
  /** Whose network they were trained in. */
  variant: EncoderVariant;
}

interface Format {
  /** @param start the file's first bytes */
  is: (file: string, start: Buffer) => boolean;
  read: (file: string, encoder: Encoder) => PretrainedSource | Promise<PretrainedSource>;
}

const HDF5_SIGNATURE = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');
const OF_TORCHVISION = {
  preprocessing: 'torch',
  batchNormEpsilon: TORCH_BATCH_NORM_EPSILON,
  variant: 'torchvision',
} as const;

const FORMATS: Readonly<Record<string, Format>> = {
  hdf5: {
    is: (_file, start) => start.subarray(0, HDF5_SIGNATURE.length).equals(HDF5_SIGNATURE),
    read: async (file, { keras }) => ({ weights: await readKerasHdf5Weights(file), ...keras, variant: 'keras' }),
  },
  safetensors: {
    is: (_file, start) => isSafetensors(start),
    read: (file, encoder) => ({ weights: readTorchvisionWeights(file, encoder), ...OF_TORCHVISION }),
  },
  'tensorflow-js': {
    is: (file) => isTensorFlowJs(file),
    read: (file, { keras }) => {
      const { weights, metadata } = readTensorFlowJsWeights(file);
      // Models from elsewhere may carry metadata of another kind.
      if (!isModelDescription(metadata)) return { weights, ...keras, variant: 'keras' };
      const { preprocessing, batchNormEpsilon = KERAS_BATCH_NORM_EPSILON, variant = 'keras' } = metadata;
      return { weights, preprocessing, batchNormEpsilon, variant };
    },
  },
};

/**
 * Reads weights of an encoder from a file of any known format, which its content tells, not its name:
 * - HDF5 as Keras saves it, and TensorFlow.js's layers format: Keras's preprocessing `caffe`;
 * - safetensors of torchvision's network: `torch`;
 * - a checkpoint of this project: the one it was trained under.
 *
 * @param nameOrPath such as `vgg19-imagenet`, a file, or a folder as `locateWeights` takes it
 * @throws ModelError when it is missing, damaged, of no known format, or holds a number that is not finite
 */
export async function readPretrained(
  nameOrPath: string,
  { encoder = VGG19, ...options }: ImagenetWeightsOptions & { encoder?: Encoder } = {},
): Promise<PretrainedSource> {
  const file = await weightsFile(nameOrPath, options);
  const start = firstBytes(file, 16);
  const format = Object.values(FORMATS).find(({ is }) => is(file, start)) ?? unknownFormat(file, start);
  return format.read(file, encoder);
}

const TORCH_TO_SAFETENSORS =
  "python -c \"import torch; from safetensors.torch import save_file; save_file(torch.load('FILE', map_location='cpu', weights_only=True), 'FILE.safetensors')\"";

function unknownFormat(file: string, start: Buffer): never {
  // A zip archive (PyTorch since 1.6, Keras 3's .keras) or a pickle, which may run code when it is read.
  const zipped = start.subarray(0, 2).toString('latin1') === 'PK';
  if (zipped || start[0] === 0x80)
    throw new ModelError(
      `${file}: is a ${zipped ? 'zip archive, as PyTorch and Keras 3 write them' : 'Python pickle'}; expected HDF5, safetensors or a TensorFlow.js manifest`,
      `of PyTorch weights make safetensors: ${TORCH_TO_SAFETENSORS}; of a Keras model make HDF5: model.save_weights('model.weights.h5')`,
    );
  throw new ModelError(
    `${file}: is none of HDF5, safetensors and TensorFlow.js manifest (it begins with ${start.subarray(0, 8).toString('hex') || 'nothing'})`,
    'the file is damaged or of another kind; fetch it again',
  );
}
