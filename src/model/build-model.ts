import { GROUP_NAMES } from '../data/labels';
import { CROP_LABELS } from '../data/object-crops';
import type { PreprocessingName } from '../data/preprocessing';
import type { Experiment } from '../experiment/schema';
import type { tf } from '../tensorflow/tensorflow';
import { uNet } from './u-net';
import { vgg19Classifier } from './vgg19';
import { readWeightsFile } from './weights-file';

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
  preprocessing: PreprocessingName;
}

/** @returns a model with random weights for a description; the same seed gives the same weights. */
export function buildModel(description: ModelDescription, seed = 1): tf.LayersModel {
  const { task, classes, size, width, batchNorm } = description;
  if (task === 'classification') return vgg19Classifier({ size, classes: classes.length, width, batchNorm, seed });
  return uNet({ height: size, width: size, classes: classes.length, widthMultiplier: width, batchNorm, seed });
}

/**
 * The model an experiment asks for, with its encoder's layers handed over if it names any.
 *
 * @throws ModelError for a size that 32 does not divide, or weights that are missing or do not fit
 */
export function buildExperimentModel(experiment: Experiment): { model: tf.LayersModel; description: ModelDescription } {
  const { task, seed, data, model: options } = experiment;
  const classes = task === 'classification' ? CROP_LABELS.map(({ name }) => name) : [...GROUP_NAMES];
  const { width, batchNorm, encoder } = options;
  const description = { task, classes, size: data.size, width, batchNorm };
  if (encoder.weights === null) {
    const random: ModelDescription = { ...description, preprocessing: 'tf' };
    return { model: buildModel(random, seed), description: random };
  }
  const { weights, metadata } = readWeightsFile(encoder.weights);
  // Weights of VGG19 from elsewhere are Keras's, which were trained under the preprocessing that Keras calls caffe.
  const preprocessing = (metadata as ModelDescription | undefined)?.preprocessing ?? 'caffe';
  const model = uNet({
    height: data.size,
    width: data.size,
    classes: classes.length,
    widthMultiplier: width,
    batchNorm,
    seed,
    pretrained: weights,
    pretrainedBlocks: encoder.blocks,
    freeze: encoder.freeze,
  });
  weights.dispose();
  return { model, description: { ...description, preprocessing } };
}
