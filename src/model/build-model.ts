import { CROP_LABELS } from '../data/object-crops';
import type { PreprocessingName } from '../data/preprocessing';
import type { Experiment } from '../experiment/schema';
import { GROUP_NAMES } from '../labels';
import type { tf } from '../tensorflow/tensorflow';
import { freezeBlocks, uNet } from './decoders/u-net';
import { vgg19Classifier } from './encoders/vgg19';
import { frozenBlocksAt } from './frozen-blocks';
import { encoderLayers } from './weights/encoder-layers';
import type { ImagenetWeightsOptions } from './weights/imagenet-weights';
import { readPretrained } from './weights/pretrained-source';

/** All that is needed to build a model again and to feed it; kept in every checkpoint. */
export interface ModelDescription {
  task: Experiment['task'];
  /** Names of the output's channels, in order. */
  classes: string[];
  /** Side of the square input in pixels. */
  size: number;
  /** Multiplier of the channel counts. */
  width: number;
  batchNorm: boolean;
  /** Keras's when absent. */
  batchNormEpsilon?: number;
  /** VGG19 groups (1 to 5) without batch normalisation, where the others have it; none when absent. */
  plainBlocks?: number[];
  /** Whether what these hand over is normalised; not when absent. */
  skipBatchNorm?: boolean;
  preprocessing: PreprocessingName;
}

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
  const { task, classes, size, width, plainBlocks, skipBatchNorm, ...rest } = description;
  const common = { batchNorm: rest.batchNorm, batchNormEpsilon: rest.batchNormEpsilon, seed };
  if (task === 'classification')
    return vgg19Classifier({ size, classes: classes.length, width, plainBlocks, ...common });
  return uNet({ ...input, classes: classes.length, widthMultiplier: width, plainBlocks, skipBatchNorm, ...common });
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
 * The model an experiment asks for, with its encoder's layers handed over if it names any, and the groups frozen that it
 * wants frozen in the first epoch.
 *
 * @throws ModelError for a size that 32 does not divide, or weights that are missing, damaged or do not fit
 */
export async function buildExperimentModel(
  experiment: Experiment,
  options: BuildExperimentOptions = {},
): Promise<DescribedModel> {
  const built = await initialModel(experiment, options);
  const { freeze, freezeBatchNorm } = experiment.model.encoder;
  freezeBlocks(built.model, frozenBlocksAt(freeze, 1), { batchNorm: freezeBatchNorm });
  return built;
}

/** With random weights, or with those of another model in its encoder. */
async function initialModel(experiment: Experiment, { onDownload }: BuildExperimentOptions): Promise<DescribedModel> {
  const { task, seed, data, model: options } = experiment;
  const classes = task === 'classification' ? CROP_LABELS.map(({ name }) => name) : [...GROUP_NAMES];
  const { width, batchNorm, encoder } = options;
  const common = { task, classes, size: data.size, width, batchNorm };
  if (encoder.weights === null) {
    const description: ModelDescription = { ...common, preprocessing: 'tf' };
    return { model: buildModel(description, seed), description };
  }
  const { weights, preprocessing, batchNormEpsilon } = await readPretrained(encoder.weights, {
    onProgress: onDownload,
  });
  const { blocks, skipBatchNorm } = encoder;
  const normalized = batchNorm && encoder.batchNorm;
  const layers = encoderLayers(weights, { blocks, width, batchNorm: normalized, batchNormEpsilon });
  const plainBlocks = batchNorm && !encoder.batchNorm ? blocks : [];
  const description = { ...common, batchNormEpsilon, plainBlocks, skipBatchNorm, preprocessing };
  const model = buildModel(description, seed);
  layers.handOverAll(model);
  return { model, description };
}
