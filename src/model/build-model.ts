import { classSet, classSetNamed } from '../data/classes';
import type { DataOptions } from '../data/data-options';
import { CROP_LABELS } from '../data/object-crops';
import type { tf } from '../tensorflow/tensorflow';
import { classifier } from './classifier';
import { DECODERS, DEFAULT_DECODER } from './decoders';
import { DEFAULT_ENCODER, ENCODERS } from './encoders';
import { freezeBlocks, frozenBlocksAt } from './frozen-blocks';
import type { ModelDescription } from './model-description';
import type { ModelOptions } from './model-options';
import { encoderLayers } from './weights/encoder-layers';
import { handOver } from './weights/hand-over';
import type { ImagenetWeightsOptions } from './weights/imagenet-weights';
import { readPretrained } from './weights/pretrained-source';

/**
 * @param seed of the random weights: the same gives the same
 * @param input in pixels, for a picture of another size than the model was trained on
 * @returns a model with random weights for a description
 */
export function buildModel(
  description: ModelDescription,
  seed = 1,
  input: { height: number; width: number } = { height: description.size, width: description.size },
): tf.LayersModel {
  const { task, size, plainBlocks, skipBatchNorm, batchNorm, batchNormEpsilon } = description;
  const common = {
    encoder: ENCODERS[description.encoder ?? DEFAULT_ENCODER],
    classes: description.classes.length,
    widthMultiplier: description.width,
    ...{ variant: description.variant, batchNorm, batchNormEpsilon, plainBlocks, seed },
  };
  if (task === 'classification') return classifier({ size, ...common });
  const decoderWidthMultiplier = description.decoderWidth;
  const decoder = DECODERS[description.decoder ?? DEFAULT_DECODER];
  return decoder.model({ ...input, skipBatchNorm, decoderWidthMultiplier, ...common });
}

/** What an experiment says of its model. */
export interface ModelSettings {
  task: ModelDescription['task'];
  /** Of the random weights. */
  seed: number;
  data: Pick<DataOptions, 'size' | 'classes'>;
  model: ModelOptions;
}

export interface BuildExperimentOptions {
  /** Told how far the download of weights is, in bytes, where they are not in the cache yet. */
  onDownload?: ImagenetWeightsOptions['onProgress'];
}

interface DescribedModel {
  model: tf.LayersModel;
  description: ModelDescription;
}

/**
 * The model an experiment asks for, with its encoder's layers handed over if it names any, and the blocks frozen that it
 * wants frozen in the first epoch.
 *
 * @throws ModelError for a size that the encoder's stride does not divide, or weights that are missing, damaged or do not
 * fit
 */
export async function buildExperimentModel(
  settings: ModelSettings,
  options: BuildExperimentOptions = {},
): Promise<DescribedModel> {
  const built = await initialModel(settings, options);
  const { freeze, freezeBatchNorm } = settings.model.encoder;
  const encoder = ENCODERS[built.description.encoder ?? DEFAULT_ENCODER];
  freezeBlocks(built.model, frozenBlocksAt(freeze, 1), { batchNorm: freezeBatchNorm, encoder });
  return built;
}

/** With random weights, or with those of another model in its encoder. */
async function initialModel(
  { task, seed, data, model: options }: ModelSettings,
  { onDownload }: BuildExperimentOptions,
): Promise<DescribedModel> {
  const predicted = task === 'classification' ? CROP_LABELS : classSet(data.classes).classes;
  const classes = predicted.map(({ name }) => name);
  const named = task === 'classification' || classSetNamed(classes) !== undefined;
  const { width, batchNorm } = options;
  const { name, weights, blocks, skipBatchNorm, batchNorm: normalized } = options.encoder;
  const { name: decoder, width: decoderWidth } = options.decoder;
  const common = {
    ...{ task, classes, size: data.size, width, batchNorm },
    ...(name !== DEFAULT_ENCODER ? { encoder: name } : {}),
    ...(named ? {} : { colors: predicted.map(({ color }) => color) }),
    ...(task === 'segmentation' && decoder !== DEFAULT_DECODER ? { decoder } : {}),
    ...(task === 'segmentation' && decoderWidth !== null ? { decoderWidth } : {}),
  };
  if (weights === null) {
    const description: ModelDescription = { ...common, preprocessing: 'tf' };
    return { model: buildModel(description, seed), description };
  }
  const encoder = ENCODERS[name];
  const source = await readPretrained(weights, { encoder, onProgress: onDownload });
  const { preprocessing, batchNormEpsilon } = source;
  const shape = { encoder, blocks, width, batchNorm: batchNorm && normalized, batchNormEpsilon };
  const layers = encoderLayers(source.weights, shape);
  const plainBlocks = batchNorm && !normalized ? blocks : [];
  const variant = encoder.differsInTorchvision ? { variant: source.variant } : {};
  const description = { ...common, ...variant, batchNormEpsilon, plainBlocks, skipBatchNorm, preprocessing };
  const model = buildModel(description, seed);
  handOver(model, layers);
  return { model, description };
}
