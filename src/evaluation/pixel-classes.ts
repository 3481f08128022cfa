/** What is told of the pixels of a prediction, here and in the served page, which loads this file as it is. */

/** The most likely class of each pixel. @param probabilities [pixels, classes], or sums of such */
export function mostLikely(probabilities: ArrayLike<number>, classes: number): Uint8Array {
  return Uint8Array.from({ length: probabilities.length / classes }, (_, pixel) => {
    let best = 0;
    for (let each = 1; each < classes; each += 1)
      if (probabilities[pixel * classes + each] > probabilities[pixel * classes + best]) best = each;
    return best;
  });
}

/** The share of the pixels that each class takes, 0 to 1. @param predicted class of each pixel */
export function sharesOf(predicted: Uint8Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const each of predicted) counts[each] += 1;
  return counts.map((pixels) => pixels / predicted.length);
}
