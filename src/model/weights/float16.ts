/** IEEE 754 half precision, in which weights are stored at half their size: 11 significant bits, 6e-8 to 65504. */

/** What float16's exponent is shifted by in float32. */
const SHIFT = 2 ** 112;
/** Bits of float32's significand that float16 has not. */
const DROPPED = 13;
const LARGEST = 65504;

/** @returns the bits of each value, rounded to the nearest float16; what is too large becomes the largest */
export function toFloat16(values: Float32Array): Uint16Array {
  const scaled = values.map((value) => Math.max(-LARGEST, Math.min(LARGEST, value)) / SHIFT);
  const bits = new Uint32Array(scaled.buffer);
  return Uint16Array.from(bits, (each) => {
    // To nearest, and to even where two are as near.
    const rounded = (each & 0x7fffffff) + 0xfff + ((each >>> DROPPED) & 1);
    return ((each >>> 16) & 0x8000) | (rounded >>> DROPPED);
  });
}

/** @param bits of finite values */
export function fromFloat16(bits: Uint16Array): Float32Array {
  const widened = Uint32Array.from(bits, (each) => ((each & 0x8000) << 16) | ((each & 0x7fff) << DROPPED));
  return new Float32Array(widened.buffer).map((value) => value * SHIFT);
}
