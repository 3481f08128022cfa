import { z } from 'zod';
import { canonicalJson, isObject } from '../configuration/canonical-json';

export const trainingIdentitySchema = z.object({
  version: z.number(),
  /** What the experiment says of it, but for what it leaves at its default. */
  settings: z.record(z.string(), z.unknown()),
  /** Fingerprint of the contents of the training and validation scenes, as they are used. */
  data: z.string(),
  /** SHA-256 of the weights that the encoder starts from; null for random ones. */
  weights: z.string().nullable(),
});

/** All that decides the weights after each epoch of a training; kept in its checkpoints. */
export type TrainingIdentity = z.infer<typeof trainingIdentitySchema>;

/** Whether two trainings have the same weights after each epoch; how many epochs they have is no part of it. */
export function isSameTraining(one: TrainingIdentity, other: TrainingIdentity): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/** How one training is told from another in a sentence: what differs, each with both values. */
export function differences(before: TrainingIdentity, now: TrainingIdentity): string[] {
  const [old, present] = [before.settings, now.settings].map((settings) => leaves(settings));
  const keys = [...new Set([...old.keys(), ...present.keys()])];
  const changed = keys.filter((key) => old.get(key) !== present.get(key));
  const text = (value: string | undefined) => value ?? 'the default';
  return [
    ...changed.map((key) => `${key} was ${text(old.get(key))} and is ${text(present.get(key))}`),
    ...(before.data === now.data ? [] : [`the data's fingerprint was ${before.data} and is ${now.data}`]),
    ...(before.weights === now.weights
      ? []
      : [`the encoder's weights had SHA-256 ${before.weights ?? '(none)'} and have ${now.weights ?? '(none)'}`]),
    ...(before.version === now.version ? [] : [`it was recorded by another version of this program`]),
  ];
}

/** Values as JSON by dotted key; a list is one value. */
function leaves(value: object, path: string[] = []): Map<string, string> {
  return new Map(
    Object.entries(value).flatMap(([key, each]: [string, unknown]): [string, string][] =>
      isObject(each) ? [...leaves(each, [...path, key])] : [[[...path, key].join('.'), canonicalJson(each)]],
    ),
  );
}
