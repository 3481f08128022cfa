import { readRunResults } from '../../study/results';
import { formatScore } from '../../tables/tables';

/** What a run scored, a line each, below what it was measured on; empty where there is no score. */
export function scoreLines(folder: string): string[] {
  const { scores, setting } = readRunResults(folder);
  const lines = scoreList(scores);
  return lines.length > 0 && setting ? [setting, ...lines] : lines;
}

/** A line for each score. */
export function scoreList(scores: Readonly<Record<string, number | null>>): string[] {
  return Object.entries(scores).map(([name, value]) => `  ${formatScore(value ?? Number.NaN).padStart(6)}  ${name}`);
}
