import { expect, test } from 'bun:test';
import type { Sample } from '../../src/data/prepare-scene';
import type { Random } from '../../src/random';
import { createRandom } from '../../src/random';
import { tf } from '../../src/tensorflow/tensorflow';
import type { OwnLoss } from '../../src/training/losses/loss';
import { ownAugmenter, ownIdentity } from '../../src/training/own-functions';

const of = { classes: 4, size: 8 };
/** A loss whose code says nothing of its factor. */
const scaled =
  (factor: number): OwnLoss =>
  (logits) =>
    tf.mul(tf.mean(tf.square(logits)), factor);
const brighter = (by: number) => (sample: Sample) => ({ ...sample, image: sample.image.map((value) => value + by) });

test('functions are told apart by code and by effect, also by what they take from outside', () => {
  expect(ownIdentity({}, of)).toBeNull();
  const identity = ownIdentity({ loss: scaled(1), augmentation: brighter(1) }, of);
  expect(identity).toMatch(/^loss [0-9a-f]{8}, augmentation [0-9a-f]{8}$/);
  expect(ownIdentity({ loss: scaled(1), augmentation: brighter(1) }, of)).toBe(identity);
  expect(ownIdentity({ loss: scaled(2), augmentation: brighter(1) }, of)).not.toBe(identity);
  expect(ownIdentity({ loss: scaled(1), augmentation: brighter(2) }, of)).not.toBe(identity);
  const before = tf.memory().numTensors;
  ownIdentity({ loss: scaled(3) }, of);
  expect(tf.memory().numTensors).toBe(before);
});

test('what gives something else than it should is refused before a training begins', () => {
  const each: OwnLoss = (logits) => tf.mean(logits, 1);
  expect(() => ownIdentity({ loss: each }, of)).toThrow('the loss gives a tensor of shape [96], expected a scalar');
  const infinite: OwnLoss = (logits) => tf.log(tf.mul(tf.sum(logits), 0));
  expect(() => ownIdentity({ loss: infinite }, of)).toThrow('the loss, or its gradient, is -Infinity');
  const cut = (sample: Sample) => ({ ...sample, image: sample.image.slice(3) });
  expect(() => ownIdentity({ augmentation: cut }, of)).toThrow('gives 189 values for 192 of a picture');
});

test('an augmentation draws the same whenever an epoch is repeated, whatever it draws', () => {
  const sample = { name: 'a', image: new Uint8Array(12), width: 2, labelIds: new Uint8Array(4) };
  const noise = (each: Sample, random: Random) => ({ ...each, image: each.image.map(() => random.integer(256)) });
  const draws = () => {
    const random = createRandom(3);
    const changes = [1, 2].map(() => ownAugmenter(noise).draw(random));
    return changes.map((change) => [...change(sample).image]);
  };
  const [first, second] = draws();
  expect(draws()).toEqual([first, second]);
  expect(first).not.toEqual(second);
});
