import { attributeOf } from './attributes';
import type { OperationAttribute } from './backend';
import { type ConvolutionCase, type ConvolutionPart, isKnownConvolution } from './convolution-forms';
import type { Endpoint, TensorSpec } from './graph';

const PARTS: Readonly<Record<string, ConvolutionPart>> = {
  Conv2D: 'forward',
  Conv2DBackpropInput: 'inputGradient',
  Conv2DBackpropFilter: 'filterGradient',
};

/** @returns what a recorded operation computes of a convolution, or null if there is but one way to compute it. */
export function convolutionCase(
  operation: string,
  attributes: readonly OperationAttribute[],
  inputs: readonly TensorSpec[],
  output: readonly number[],
): ConvolutionCase | null {
  const part = PARTS[operation];
  if (!part) return null;
  const attribute = (name: string) => attributeOf(attributes, name);
  const [, stride, across] = attribute('strides') as number[];
  const dilations = (attribute('dilations') as number[] | undefined) ?? [1, 1, 1, 1];
  const plain = attribute('padding') === 'SAME' && attribute('data_format') === 'NHWC' && stride === across;
  if (!plain || dilations.some((dilation) => dilation !== 1)) return null;
  const image = part === 'inputGradient' ? output : inputs[0].shape;
  const filter = part === 'filterGradient' ? output : inputs[1].shape;
  const [batch, height, width] = image;
  const [kernel, kernelWidth, inputChannels, filters] = filter;
  const one = { part, batch, height, width, inputChannels, filters, kernel, stride };
  return kernel === kernelWidth && isKnownConvolution(one) ? one : null;
}

/** The inputs of the operation without the constant that holds a shape. */
export function convolutionOperands(part: ConvolutionPart, inputs: readonly Endpoint[]): [Endpoint, Endpoint] {
  if (part === 'inputGradient') return [inputs[1], inputs[2]];
  return part === 'filterGradient' ? [inputs[0], inputs[2]] : [inputs[0], inputs[1]];
}

/** Such as `forward 8x64x64x3 k3 s1 f64`. */
export function caseName({
  part,
  batch,
  height,
  width,
  inputChannels,
  filters,
  kernel,
  stride,
}: ConvolutionCase): string {
  return `${part} ${batch}x${height}x${width}x${inputChannels} k${kernel} s${stride} f${filters}`;
}
