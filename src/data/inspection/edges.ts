import type { Sample } from '../prepare-scene';

/** Where a picture changes, and where its mask does. */
export interface SceneEdges {
  width: number;
  height: number;
  /** How much the picture's brightness changes there, [height, width]. */
  gradient: Float32Array;
  /** Pixels whose label is another one than that of the pixel right of or below them. */
  boundary: readonly number[];
}

export function edgesOf({ image, labelIds, width }: Sample): SceneEdges {
  const height = labelIds.length / width;
  const luma = Float32Array.from(labelIds, (_, pixel) => {
    const place = pixel * 3;
    return 0.299 * image[place] + 0.587 * image[place + 1] + 0.114 * image[place + 2];
  });
  const gradient = new Float32Array(labelIds.length);
  const boundary: number[] = [];
  for (let row = 0; row < height - 1; row += 1)
    for (let column = 0; column < width - 1; column += 1) {
      const pixel = row * width + column;
      const neighbours = [pixel + 1, pixel + width];
      gradient[pixel] = neighbours.reduce((sum, other) => sum + Math.abs(luma[other] - luma[pixel]), 0);
      if (neighbours.some((other) => labelIds[other] !== labelIds[pixel])) boundary.push(pixel);
    }
  return { width, height, gradient, boundary };
}

/**
 * How much more a picture changes where a mask does than elsewhere: about 1 where they have nothing to do with each other.
 *
 * @param mask whose boundary is laid on the picture's gradient, moved by so many pixels
 */
export function agreement(
  { gradient, width, height }: SceneEdges,
  mask: SceneEdges,
  [right, down]: readonly [number, number] = [0, 0],
): number {
  let [sum, count] = [0, 0];
  for (const pixel of mask.boundary) {
    const [row, column] = [Math.floor(pixel / mask.width) + down, (pixel % mask.width) + right];
    if (row < 0 || row >= height - 1 || column < 0 || column >= width - 1) continue;
    sum += gradient[row * width + column];
    count += 1;
  }
  const mean = gradient.reduce((total, value) => total + value, 0) / gradient.length;
  return count === 0 || mean === 0 ? Number.NaN : sum / count / mean;
}

/** The offset, of at most `reach` pixels either way, at which a mask agrees best with its picture. */
export function bestOffset(edges: SceneEdges, reach: number): { offset: readonly [number, number]; agreement: number } {
  const steps = Array.from({ length: 2 * reach + 1 }, (_, index) => index - reach);
  const offsets = steps.flatMap((right) => steps.map((down) => [right, down] as const));
  return offsets
    .map((offset) => ({ offset, agreement: agreement(edges, edges, offset) }))
    .filter(({ agreement: each }) => !Number.isNaN(each))
    .reduce((best, each) => (each.agreement > best.agreement ? each : best));
}
