import { canonicalJson } from '../../configuration/canonical-json';
import type { Rgb } from '../../labels';

/** Stands for a class where a pixel has none: it leaves loss and metrics. No class set has so many classes. */
export const IGNORED = 255;

/** Which label ids become which output channel of a model, and how the channels are called and shown. */
export interface ClassSet {
  readonly name: string;
  /** Which pixels count, in one line for the reader of a table; those of its classes where nothing is said. */
  readonly note?: string;
  /** One for each output channel, in order. */
  readonly classes: readonly ClassOfSet[];
  /** Output channel of each label id, or {@link IGNORED}. */
  readonly classOfLabelId: Uint8Array;
  /** What a class is in a file of Cityscapes' label ids, one for each output channel; absent where the labels are others. */
  readonly labelIdOfClass?: Uint8Array;
  /** The labels it is made of, where they are not Cityscapes' or not all of these. */
  readonly labels?: readonly { readonly id: number; readonly name: string; readonly color: Rgb }[];
}

export interface ClassOfSet {
  readonly name: string;
  readonly color: Rgb;
  /** Whether it comes thing by thing, as people do; where nothing is said, its labels decide. */
  readonly things?: boolean;
}

/** Each class by its name and the ids of its labels, as text: what tells classes from others that are called the same. */
export function classMeaning({ classes, classOfLabelId }: ClassSet): string {
  const ids = [...classOfLabelId.keys()];
  return canonicalJson(classes.map(({ name }, index) => [name, ids.filter((id) => classOfLabelId[id] === index)]));
}
