/**
 * Equivalent ways to compute a convolution and its two gradients. TensorFlow's own operations are fast for some shapes
 * and slow for others, and which are which differs from machine to machine. All forms agree to rounding.
 */
import type { Endpoint } from './graph';
import type { NodeBuilder } from './node-builder';

/** What of a convolution is computed. */
export type ConvolutionPart = 'forward' | 'inputGradient' | 'filterGradient';

/**
 * A convolution with same padding over [batch, height, width, inputChannels], by a filter [kernel, kernel, inputChannels,
 * filters] that either moves by one pixel and has a middle, or moves by its own size, patch by patch.
 */
export interface ConvolutionCase {
  part: ConvolutionPart;
  batch: number;
  height: number;
  width: number;
  inputChannels: number;
  filters: number;
  kernel: number;
  stride: number;
}

/** What a part is computed from: an input and the filter, the filter and a gradient, or an input and a gradient. */
type Operands = readonly [Endpoint, Endpoint];

export interface ConvolutionForm {
  name: string;
  /** Adds the nodes and returns the result, which has the shape that TensorFlow's own operation gives. */
  build(nodes: NodeBuilder, operands: Operands): Endpoint;
}

/** The name of the form that is TensorFlow's own operation. */
export const STOCK = 'stock';

/** @returns whether there is a choice of forms. */
export function isKnownConvolution({ height, width, kernel, stride }: ConvolutionCase): boolean {
  if (stride === 1) return kernel % 2 === 1;
  return stride === kernel && height % stride === 0 && width % stride === 0;
}

/** @returns the forms that a case can be computed in; the first is TensorFlow's own. */
export function convolutionForms(one: ConvolutionCase): ConvolutionForm[] {
  const stock = { name: STOCK, build: (nodes: NodeBuilder, operands: Operands) => stockForm(one, nodes, operands) };
  const { kernel, stride } = one;
  if (stride > 1 || kernel === 1) return [stock, ...patchForms(one)];
  return [stock, ...(one.part === 'filterGradient' ? viewForms(one) : [turnedForm(one)])];
}

function stockForm(one: ConvolutionCase, nodes: NodeBuilder, [first, second]: Operands): Endpoint {
  const { part, batch, height, width, inputChannels, filters, kernel, stride } = one;
  if (part === 'forward') return nodes.convolution(first, second, stride);
  if (part === 'inputGradient')
    return nodes.inputGradient([batch, height, width, inputChannels], first, second, stride);
  return nodes.filterGradient(first, [kernel, kernel, inputChannels, filters], second, stride);
}

/**
 * The forward pass is the gradient of another convolution with respect to its input, and that gradient a forward pass:
 * the filter turned by half a turn, its channels swapped.
 */
function turnedForm({ part, batch, height, width, filters }: ConvolutionCase): ConvolutionForm {
  return {
    name: part === 'forward' ? 'as-input-gradient' : 'as-forward',
    build: (nodes, [first, second]) => {
      const turned = (filter: Endpoint) => nodes.transpose(nodes.reverse(filter, [0, 1]), [0, 1, 3, 2]);
      return part === 'forward'
        ? nodes.inputGradient([batch, height, width, filters], turned(second), first, 1)
        : nodes.convolution(second, turned(first), 1);
    },
  };
}

/** How many products a large one is split into, summed afterwards, so that each stays in the processor's cache. */
const GROUPS = [64, 16, 4, 1];

/** Products of fewer rows than this are not worth splitting further. */
const LEAST_ROWS = 256;

/**
 * The filter's gradient as matrix products: the input, shifted to each place of the filter, times the output's gradient.
 * `views` takes each place by itself, `rows` a row of the filter at once.
 */
function viewForms(one: ConvolutionCase): ConvolutionForm[] {
  const { batch, height, width, inputChannels, filters, kernel } = one;
  const count = batch * height * width;
  const margin = (kernel - 1) / 2;
  const shifts = Array.from({ length: kernel }, (_, shift) => shift);
  return groupings(count).flatMap((groups) =>
    [1, kernel].map((across) => ({
      name: `${across === 1 ? 'views' : 'rows'}-${groups}`,
      build: (nodes: NodeBuilder, [input, gradient]: Operands) => {
        const padded = nodes.pad(input, margin);
        const tall = [batch, height + 2 * margin, width, inputChannels];
        const row = () =>
          nodes.concat(
            shifts.map((right) => nodes.slice(padded, [0, 0, right, 0], tall)),
            3,
          );
        const source = across === 1 ? padded : row();
        const places = shifts.flatMap((down) => (across === 1 ? shifts : [0]).map((right) => [0, down, right, 0]));
        const channels = across * inputChannels;
        const gradients = nodes.reshape(gradient, [groups, count / groups, filters]);
        const products: Endpoint[] = [];
        for (const place of places) {
          // One after the other: all views at once would take many times the input's memory.
          const view = nodes.slice(source, place, [batch, height, width, channels], products.slice(-1));
          const matrices = nodes.reshape(view, [groups, count / groups, channels]);
          products.push(summedProduct(nodes, matrices, gradients, groups));
        }
        return nodes.reshape(nodes.concat(products, 0), [kernel, kernel, inputChannels, filters]);
      },
    })),
  );
}

/** A filter that moves by its own size, or that has one place only, is a matrix product with the patches. */
function patchForms(one: ConvolutionCase): ConvolutionForm[] {
  const { part, batch, height, width, inputChannels, filters, kernel, stride } = one;
  const [rows, patch] = [(batch * height * width) / stride ** 2, kernel ** 2 * inputChannels];
  const places = [batch, height / stride, width / stride];
  const patches = (nodes: NodeBuilder, input: Endpoint) => (stride === 1 ? input : nodes.spaceToDepth(input, stride));
  if (part === 'filterGradient')
    return groupings(rows).map((groups) => ({
      name: `product-${groups}`,
      build: (nodes, [input, gradient]) => {
        const left = nodes.reshape(patches(nodes, input), [groups, rows / groups, patch]);
        const right = nodes.reshape(gradient, [groups, rows / groups, filters]);
        return nodes.reshape(summedProduct(nodes, left, right, groups), [kernel, kernel, inputChannels, filters]);
      },
    }));
  if (part === 'forward')
    return [
      {
        name: 'product',
        build: (nodes, [input, filter]) => {
          const matrix = nodes.reshape(filter, [patch, filters]);
          return nodes.reshape(nodes.product(nodes.reshape(patches(nodes, input), [rows, patch]), matrix), [
            ...places,
            filters,
          ]);
        },
      },
    ];
  return [
    {
      name: 'product',
      build: (nodes, [filter, gradient]) => {
        const matrix = nodes.reshape(filter, [patch, filters]);
        const product = nodes.product(nodes.reshape(gradient, [rows, filters]), matrix, { transposeSecond: true });
        const result = nodes.reshape(product, [...places, patch]);
        return stride === 1 ? result : nodes.depthToSpace(result, stride);
      },
    },
  ];
}

function groupings(rows: number): number[] {
  return GROUPS.filter((groups) => groups === 1 || (rows % groups === 0 && rows / groups >= LEAST_ROWS));
}

/** The sum over the groups of [groups, n, a]ᵀ x [groups, n, b]: [a, b], or [1, a, b] of one group. */
function summedProduct(nodes: NodeBuilder, left: Endpoint, right: Endpoint, groups: number): Endpoint {
  const products = nodes.batchProduct(left, right);
  return groups === 1 ? nodes.squeeze(products) : nodes.sum(products, [0]);
}
