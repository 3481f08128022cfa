import { BOTTLENECK_CHANNELS } from '../src/model/decoders/u-net';
import { VGG19 } from '../src/model/encoders/vgg19';

/**
 * Floating-point operations of the U-Net's convolutions, a multiplication and an addition counting as two.
 *
 * @returns of a prediction, and of a training step: the gradients of input and filter each cost what the forward pass
 *   does, and the gradient of the picture is not computed
 */
export function convolutionOperations(size: number, batch: number, classes: number): { infer: number; train: number } {
  const pixels = (level: number) => batch * (size / 2 ** level) ** 2;
  const layer = (level: number, kernel: number, input: number, filters: number) =>
    2 * pixels(level) * kernel ** 2 * input * filters;
  let [forward, channels] = [0, 3];
  const add = (operations: number, filters: number) => {
    forward += operations;
    channels = filters;
  };
  for (const { stage, kernel } of VGG19.convolutions(1))
    add(layer(stage - 1, kernel[0], kernel[2], kernel[3]), kernel[3]);
  for (let index = 0; index < 2; index += 1)
    add(layer(VGG19.stages.length, 3, channels, BOTTLENECK_CHANNELS), BOTTLENECK_CHANNELS);
  for (const { number, channels: filters } of [...VGG19.stages].reverse()) {
    const level = number - 1;
    // Each input pixel gives 2x2 output pixels.
    add(layer(level + 1, 2, channels, filters), filters);
    add(layer(level, 3, 2 * channels, filters), filters);
    add(layer(level, 3, channels, filters), filters);
  }
  add(layer(0, 1, channels, classes), classes);
  return { infer: forward, train: 3 * forward - layer(0, 3, 3, VGG19.stages[0].channels) };
}
