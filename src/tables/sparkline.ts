const BARS = '▁▂▃▄▅▆▇█';

/**
 * A curve as a line of text, one bar a value; on a logarithmic scale where the range spans more than a factor of 20.
 *
 * @param range what the lowest and the highest bar stand for
 * @param width at most so many bars; of more values, evenly spaced ones, the last among them
 */
export function sparkline(values: readonly number[], [low, high]: readonly [number, number], width = 40): string {
  const scale = low > 0 && high / low > 20 ? Math.log : (value: number) => value;
  const [bottom, top] = [scale(low), scale(high)];
  const count = Math.min(values.length, width);
  const picked = Array.from({ length: count }, (_, index) => {
    const place = count === 1 ? values.length - 1 : Math.round((index * (values.length - 1)) / (count - 1));
    return values[place];
  });
  return picked
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const share = top > bottom ? (scale(value) - bottom) / (top - bottom) : 0;
      return BARS[Math.round(share * (BARS.length - 1))];
    })
    .join('');
}
