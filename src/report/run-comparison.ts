import { canonicalJson } from '../experiment/canonical-json';
import type { RunResults } from './run-results';
import { sparkline } from './sparkline';
import { ABSENT, formatScore, type Table } from './tables';

export interface ComparedResults {
  name: string;
  folder: string;
  state: string;
  results: RunResults;
}

/** What says who a run is, and so differs anyway. */
const IDENTITY = ['name', 'description', 'folder'];

/** Keys of the configuration whose values differ between runs, in the order of the first. */
export function differingKeys(runs: readonly ComparedResults[]): string[] {
  const keys = [...new Set(runs.flatMap(({ results }) => Object.keys(results.configuration)))];
  return keys.filter((key) => {
    const values = new Set(runs.map(({ results }) => canonicalJson(results.configuration[key] ?? null)));
    return values.size > 1 && !IDENTITY.includes(key);
  });
}

/** Names of all scores that any of the runs has, in the order in which they first occur. */
export function scoreNames(runs: readonly ComparedResults[]): string[] {
  return [...new Set(runs.flatMap(({ results }) => Object.keys(results.scores)))];
}

/**
 * One row a run: what it was told differently from the others, how far it came, how it scored.
 *
 * @param runs what is compared, a row each
 * @param options how much, and how exactly
 * @param options.exact full precision, for a machine; a value that does not exist is then empty
 * @param options.scores at most so many, the telling ones
 */
export function comparisonTable(
  runs: readonly ComparedResults[],
  { exact = false, scores = Number.POSITIVE_INFINITY }: { exact?: boolean; scores?: number } = {},
): Table {
  const [keys, names] = [differingKeys(runs), scoreNames(runs).slice(0, scores)];
  const score = (value: number | null | undefined) => (exact ? String(value ?? '') : formatScore(value ?? Number.NaN));
  return {
    header: ['run', 'state', ...keys, 'epochs', ...names],
    rows: runs.map(({ name, state, results }) => [
      name,
      state,
      ...keys.map((key) => shownValue(results.configuration[key], exact ? '' : ABSENT)),
      String(results.history.length),
      ...names.map((each) => score(results.scores[each])),
    ]),
    text: [0, 1, ...keys.map((_, index) => index + 2)],
  };
}

/** Validation loss: one row an epoch, one column a run. */
export function curvesTable(runs: readonly ComparedResults[]): Table {
  const epochs = Math.max(0, ...runs.map(({ results }) => results.history.length));
  return {
    header: ['epoch', ...runs.map(({ name }) => name)],
    rows: Array.from({ length: epochs }, (_, index) => [
      String(index + 1),
      ...runs.map(({ results }) => formatScore(results.history[index]?.validationLoss ?? Number.NaN)),
    ]),
    text: [],
  };
}

/** The course of each run's validation loss in a line, all to one scale. */
export function curveLines(runs: readonly ComparedResults[]): Table {
  const losses = runs.map(({ results }) => results.history.map((record) => record.validationLoss));
  const finite = losses.flat().filter(Number.isFinite);
  const range: [number, number] = [Math.min(...finite), Math.max(...finite)];
  return {
    header: ['run', 'validation loss', 'first', 'lowest', 'at epoch'],
    rows: runs.map(({ name }, index) => {
      const curve = losses[index];
      const lowest = Math.min(...curve);
      if (curve.length === 0) return [name, '', ABSENT, ABSENT, ABSENT];
      const numbers = [formatScore(curve[0]), formatScore(lowest), String(curve.indexOf(lowest) + 1)];
      return [name, sparkline(curve, range), ...numbers];
    }),
    text: [0, 1],
  };
}

function shownValue(value: unknown, absent: string): string {
  if (value === undefined || value === null) return value === null ? 'null' : absent;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
