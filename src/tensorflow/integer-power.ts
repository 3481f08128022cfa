/**
 * `base ** exponent` by multiplication alone. JavaScript's own may differ in the last digit from engine to engine, and with
 * it a learning rate in Node from the same one in Bun.
 *
 * @param exponent a whole number from 0 on
 */
export function integerPower(base: number, exponent: number): number {
  let [result, square] = [1, base];
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
