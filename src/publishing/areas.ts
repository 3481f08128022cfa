/** What is counted over the pixels of a prediction, here and in the page. */

/** @param probabilities [pixels, groups], or sums of such. @returns the most likely group of each pixel */
export function mostLikely(probabilities: Float32Array, groupCount: number): Uint8Array {
  return Uint8Array.from({ length: probabilities.length / groupCount }, (_, pixel) => {
    const start = pixel * groupCount;
    let best = 0;
    for (let group = 1; group < groupCount; group += 1)
      if (probabilities[start + group] > probabilities[start + best]) best = group;
    return best;
  });
}

/** @param groups of pixels. @returns the share of each group, 0 to 1 */
export function sharesOf(groups: Uint8Array, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const group of groups) counts[group] += 1;
  return counts.map((pixels) => pixels / groups.length);
}
