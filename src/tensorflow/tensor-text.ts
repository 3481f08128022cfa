import type tf from './lazy-tensorflow';

/** Of a tensor with more values than this, the first and last of each long side are shown. */
const THRESHOLD = 1000;
/** How many of them in the last two sides; of those before, one. */
const EDGE = 3;
const LINE_LENGTH = 100;

/** What is shown of one side. */
interface Side {
  indices: number[];
  /** Whether some are left out, between the two halves. */
  cut: boolean;
}

/**
 * A tensor as NumPy prints an array, under its shape and type:
 *
 *     Tensor [2, 3] float32
 *     [[1.0, 0.5, 2.0],
 *      [0.0, 4.0, 3.0]]
 */
export function tensorText(tensor: tf.Tensor): string {
  const { shape, dtype, size, isDisposed } = tensor;
  const heading = `Tensor [${shape.join(', ')}] ${dtype}`;
  if (isDisposed) return `${heading}, disposed of`;
  if (size === 0 || dtype === 'complex64') return heading;
  const sides = shape.map((length, axis): Side => {
    const edge = axis < shape.length - 2 ? 1 : EDGE;
    const all = Array.from({ length }, (_, index) => index);
    if (size <= THRESHOLD || length <= 2 * edge) return { indices: all, cut: false };
    return { indices: [...all.slice(0, edge), ...all.slice(-edge)], cut: true };
  });
  return `${heading}\n${nested(valueTexts(shownValues(tensor, sides), dtype), sides, ' ')}`;
}

/** Only these leave TensorFlow. */
function shownValues(tensor: tf.Tensor, sides: readonly Side[]): ArrayLike<number | string> {
  let shown = tensor.clone();
  for (const [axis, { indices, cut }] of sides.entries()) {
    if (!cut) continue;
    const whole = shown;
    shown = whole.gather(indices, axis);
    whole.dispose();
  }
  const values = shown.dataSync();
  shown.dispose();
  return values;
}

/** All of one width. */
function valueTexts(values: ArrayLike<number | string>, dtype: tf.DataType): string[] {
  const texts = Array.from(values, (value) => {
    if (dtype === 'string') return JSON.stringify(value);
    if (dtype === 'bool') return value ? 'true' : 'false';
    return String(value);
  });
  const aligned = dtype === 'float32' ? decimals(Array.from(values, Number)) : texts;
  const width = Math.max(...aligned.map(({ length }) => length));
  return aligned.map((text) => text.padStart(width));
}

/** As many decimals as the values need for six digits, between one and six; powers of ten where that is not enough. */
function decimals(values: readonly number[]): string[] {
  const sizes = values.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  if (sizes.some((size) => size >= 1e6) || Math.min(...sizes) < 1e-4)
    return values.map((value) => (Number.isFinite(value) ? value.toExponential(4) : String(value)));
  const needed = values.map((value) => /\.(\d*)$/.exec(String(Number(value.toPrecision(6))))?.[1].length ?? 0);
  const places = Math.min(6, Math.max(1, ...needed));
  return values.map((value) => (Number.isFinite(value) ? value.toFixed(places) : String(value)));
}

function nested(texts: readonly string[], [side, ...inner]: readonly Side[], indent: string): string {
  if (!side) return texts[0];
  const { indices, cut } = side;
  const size = texts.length / indices.length;
  const parts = indices.map((_, index) => nested(texts.slice(index * size, (index + 1) * size), inner, `${indent} `));
  if (cut) parts.splice(indices.length / 2, 0, '...');
  if (inner.length > 0) return `[${parts.join(`,${'\n'.repeat(inner.length)}${indent}`)}]`;
  return `[${wrapped(parts, indent)}]`;
}

function wrapped(parts: readonly string[], indent: string): string {
  const lines = [''];
  for (const [index, part] of parts.entries()) {
    const piece = index < parts.length - 1 ? `${part}, ` : part;
    if (lines[lines.length - 1].length + piece.length + indent.length > LINE_LENGTH) lines.push('');
    lines[lines.length - 1] += piece;
  }
  return lines.map((line) => line.trimEnd()).join(`\n${indent}`);
}
