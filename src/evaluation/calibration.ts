import { mostLikely } from './pixel-classes';

/** Of the pixels whose prediction a model was about so sure of. */
export interface ConfidenceBin {
  pixels: number;
  /** Of them, those predicted rightly. */
  right: number;
  /** Sum of the probabilities that the model gave to what it predicted. */
  confidence: number;
}

/** Bins of equal width from 0 to 1, as in Guo et al. 2017. */
const CONFIDENCE_BINS = 15;

/**
 * Counts pixels by the probability that the model gave to what it predicted. Sums of scenes are those of a set.
 *
 * @param truth true class of each pixel; one that is no output channel, such as 255, is left out
 * @param probabilities of each class at each pixel, [pixels, classes]; those of a pixel sum to 1
 */
export function confidenceBins(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  bins = CONFIDENCE_BINS,
): ConfidenceBin[] {
  const counts = Array.from({ length: bins }, (): ConfidenceBin => ({ pixels: 0, right: 0, confidence: 0 }));
  const predicted = mostLikely(probabilities, classes);
  for (let pixel = 0; pixel < truth.length; pixel += 1) {
    if (truth[pixel] >= classes) continue;
    const best = predicted[pixel];
    const confidence = probabilities[pixel * classes + best];
    // Rounding may carry a probability past 1.
    const bin = counts[Math.min(bins - 1, Math.floor(confidence * bins))];
    bin.pixels += 1;
    bin.confidence += confidence;
    if (best === truth[pixel]) bin.right += 1;
  }
  return counts;
}

/** The counts of several scenes, or seeds, together. */
export function addedBins(
  first: readonly ConfidenceBin[] | undefined,
  second: readonly ConfidenceBin[],
): ConfidenceBin[] {
  return second.map(({ pixels, right, confidence }, index) => ({
    pixels: pixels + (first?.[index].pixels ?? 0),
    right: right + (first?.[index].right ?? 0),
    confidence: confidence + (first?.[index].confidence ?? 0),
  }));
}

/**
 * Expected calibration error (Naeini et al. 2015; Guo et al. 2017): by how much the share of right pixels differs from the
 * mean probability, over the bins, each by its share of all pixels. 0 for a model that is right as often as it says.
 *
 * @returns 0 to 1; NaN without pixels
 */
export function expectedCalibrationError(bins: readonly ConfidenceBin[]): number {
  const total = bins.reduce((sum, { pixels }) => sum + pixels, 0);
  return bins.reduce((sum, { right, confidence }) => sum + Math.abs(right - confidence), 0) / total;
}
