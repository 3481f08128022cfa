import { ModelError } from '../errors';
import { tf } from '../tensorflow/tensorflow';

/**
 * Takes the class weights of a loss out of what a model says. Trained with weights, it holds a class for as much likelier as
 * it was weighted; dividing the probabilities by the weights gives those of the data as it is (Saerens et al. 2002, King &
 * Zeng 2001), and dividing by a root of them something between, which may score best. The softmax of logits less the
 * logarithms is just that, so the bias of the output's layer is all that changes.
 *
 * @param classWeights in the order of the outputs; a class of weight 0 was never learnt and gains on none: it is
 * taken for one of the largest weight
 * @param share 0 takes nothing back, 0.5 the square root of each weight, 1 all of it
 * @throws ModelError when the output's layer has no bias for each class
 */
export function correctPriors(model: tf.LayersModel, classWeights: readonly number[], share: number): void {
  const { sourceLayer } = model.outputs[0];
  const weights = sourceLayer.getWeights();
  const bias = weights.at(-1);
  if (weights.length < 2 || bias?.rank !== 1 || bias.size !== classWeights.length)
    throw new ModelError(
      `${sourceLayer.name}: no bias for each of ${classWeights.length} classes, from which class weights can be taken`,
      'set evaluation.priorCorrection: 0',
    );
  const largest = Math.max(...classWeights) || 1;
  tf.tidy(() => {
    const logarithms = classWeights.map((weight) => share * Math.log(weight || largest));
    sourceLayer.setWeights([...weights.slice(0, -1), tf.sub(bias, tf.tensor1d(logarithms))]);
  });
}
