import { readRunResults } from '../../study/results';
import { formatScore } from '../../tables/tables';

/** What a run scored, a line each, below what it was measured on; empty where there is no score. */
export function scoreLines(folder: string): string[] {
  const { scores, setting } = readRunResults(folder);
  const lines = Object.entries(scores).map(([name, value]) => {
    return `  ${formatScore(value ?? Number.NaN).padStart(6)}  ${name}`;
  });
  return lines.length > 0 && setting ? [setting, ...lines] : lines;
}
