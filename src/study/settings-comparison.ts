import { canonicalJson, grouped } from '../configuration/canonical-json';
import { shortKeys, valueText } from '../configuration/setting-words';
import { spread } from '../evaluation/spread';
import { sparkline } from '../tables/sparkline';
import { ABSENT, formatScore, formatSpread, type Table } from '../tables/tables';
import type { RunResults } from './results';

export interface ComparedResults {
  name: string;
  folder: string;
  state: string;
  results: RunResults;
}

/** What says who a run is and which steps of it were taken here; it differs anyway, and changes no result. */
const IDENTITY = ['name', 'description', 'folder', 'notebooks'];

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
 * One row per run: what it was told differently from the others, how far it came, how it scored.
 *
 * @param runs what is compared, a row each
 * @param options how much, and how exactly
 * @param options.exact full precision, for a machine; a value that does not exist is then empty
 * @param options.scores at most so many, the telling ones
 */
export function settingsTable(
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

/**
 * What sets each run apart from the others of its name, such as `width=0.5 seed=2`; empty for a run that stands alone.
 */
export function distinctions(runs: readonly ComparedResults[]): string[] {
  const nameOf = ({ results }: ComparedResults) => results.configuration.name;
  return runs.map((run) => {
    const keys = differingKeys(runs.filter((other) => nameOf(other) === nameOf(run)));
    const short = shortKeys(keys);
    return keys
      .filter((key) => run.results.configuration[key] !== undefined)
      .map((key) => `${short(key)}=${shownValue(run.results.configuration[key], ABSENT)}`)
      .join(' ');
  });
}

/** The finished runs as models, each called by its name and what sets it apart from others of that name. */
export function labelledGroups(
  runs: readonly ComparedResults[],
): { label: string; runs: readonly ComparedResults[] }[] {
  const groups = seedGroups(runs);
  const apart = distinctions(groups.map(([first]) => first));
  return groups.map((alike, index) => {
    const [first] = alike;
    const label = [first.results.configuration.name ?? first.name, apart[index]].filter(Boolean).join(' ');
    return { label, runs: alike };
  });
}

/** The finished runs, those together that differ in nothing but their seed and were measured on the same. */
export function seedGroups(runs: readonly ComparedResults[]): ComparedResults[][] {
  const scored = runs.filter(({ state, results: { scores } }) => {
    return ['finished', 'by hand'].includes(state) && Object.keys(scores).length > 0;
  });
  return grouped(scored, ({ results: { configuration, setting } }) => {
    const settings = Object.entries(configuration).filter(([key]) => !APART_FROM_SEEDS.includes(key));
    return [Object.fromEntries(settings), setting ?? null];
  });
}

/** Where the data lies changes no result. */
const APART_FROM_SEEDS = [...IDENTITY, 'seed', 'data.root'];

/**
 * One row for all runs that differ in nothing but their seed: mean ± sample standard deviation of each score.
 *
 * @param runs what is compared
 * @param scores at most so many, the telling ones
 * @returns undefined where no run has another one to be averaged with
 */
export function seedsTable(runs: readonly ComparedResults[], scores = Number.POSITIVE_INFINITY): Table | undefined {
  const groups = seedGroups(runs);
  if (!groups.some(({ length }) => length > 1)) return undefined;
  const first = groups.map(([run]) => run);
  const keys = differingKeys(first).filter((key) => !APART_FROM_SEEDS.includes(key));
  const names = scoreNames(first).slice(0, scores);
  const score = (alike: readonly ComparedResults[], name: string) =>
    formatSpread(spread(alike.map(({ results }) => results.scores[name] ?? Number.NaN)));
  return {
    header: ['mean over seeds', ...keys, 'seeds', ...names],
    rows: groups.map((alike) => [
      String(alike[0].results.configuration.name ?? alike[0].name),
      ...keys.map((key) => shownValue(alike[0].results.configuration[key], ABSENT)),
      alike.map(({ results }) => results.configuration.seed).join(', '),
      ...names.map((name) => score(alike, name)),
    ]),
    text: [0, ...keys.map((_, index) => index + 1), keys.length + 1],
  };
}

/** Validation loss: one row per epoch, one column per run. */
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
  return value === undefined ? absent : valueText(value);
}
