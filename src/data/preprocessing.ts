/**
 * How 8-bit RGB becomes a network's input. Weights trained elsewhere come with the one they were trained under (Keras's
 * `imagenet_utils.preprocess_input` modes), and a checkpoint records it, so that no other can be used by mistake.
 */
export const PREPROCESSINGS = {
  /** -1 to 1. */
  tf: { order: [0, 1, 2], mean: [127.5, 127.5, 127.5], scale: [127.5, 127.5, 127.5] },
  /** Blue, green, red less the means of ImageNet, not scaled: VGG19 as Keras has it. */
  caffe: { order: [2, 1, 0], mean: [103.939, 116.779, 123.68], scale: [1, 1, 1] },
  /** Red, green, blue less mean and over standard deviation of ImageNet: torchvision. */
  torch: { order: [0, 1, 2], mean: [123.675, 116.28, 103.53], scale: [58.395, 57.12, 57.375] },
} as const;

export type PreprocessingName = keyof typeof PREPROCESSINGS;

/**
 * Writes a picture's pixels into a batch.
 *
 * @param image RGB, 0 to 255, [height, width, 3]
 * @param target receives [height, width, 3] from `offset` on, in the channel order of the preprocessing
 */
export function preprocessInto(target: Float32Array, offset: number, image: Uint8Array, name: PreprocessingName): void {
  const { order, mean, scale } = PREPROCESSINGS[name];
  const pixels = image.length / 3;
  for (let channel = 0; channel < 3; channel += 1) {
    const source = order[channel];
    const shift = mean[channel];
    const factor = 1 / scale[channel];
    for (let pixel = 0; pixel < pixels; pixel += 1)
      target[offset + pixel * 3 + channel] = (image[pixel * 3 + source] - shift) * factor;
  }
}
