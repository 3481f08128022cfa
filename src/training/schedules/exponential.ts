import { integerPower } from '../../tensorflow/integer-power';
import { type Schedule, withoutLastDigits } from './schedule';

/** After each epoch the learning rate is multiplied by `training.learningRateDecay`; per step by its root. */
export const exponential = {
  options: {},
  dependsOnEpochs: false,
  factorAt: ({ done, decay }) =>
    Number.isInteger(done) ? integerPower(decay, done) : withoutLastDigits(decay ** done),
} satisfies Schedule;
