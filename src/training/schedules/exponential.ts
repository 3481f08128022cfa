import { integerPower } from '../../tensorflow/integer-power';
import type { Schedule } from './schedule';

/** After each epoch the learning rate is multiplied by `training.learningRateDecay`. */
export const exponential: Schedule = {
  dependsOnEpochs: false,
  factorAt: (done, { learningRateDecay }) => integerPower(learningRateDecay, done),
};
