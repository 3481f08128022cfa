import type { Rgb } from '../../labels';

/** Which label ids become which output channel of a model, and how the channels are called and shown. */
export interface ClassSet {
  readonly name: string;
  /** One for each output channel, in order. */
  readonly classes: readonly ClassOfSet[];
  /** Output channel of each label id, or {@link ignored}. */
  readonly classOfLabelId: Uint8Array;
  /** Stands in {@link classOfLabelId} for pixels that neither loss nor metrics count; absent where all count. */
  readonly ignored?: number;
  /** What a class is in a file of Cityscapes' label ids, one for each output channel; absent where the labels are others. */
  readonly labelIdOfClass?: Uint8Array;
}

export interface ClassOfSet {
  readonly name: string;
  readonly color: Rgb;
}
