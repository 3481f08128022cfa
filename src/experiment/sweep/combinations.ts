import { canonicalJson } from '../../configuration/canonical-json';
import { invalid } from '../../configuration/configuration-problem';
import { plainValue, type Sourced } from '../../configuration/sourced';
import type { SweepFile } from './sweep-file';

/** One run of a sweep: the values that it lays over an experiment, by dotted key, in the order of the file. */
export interface Combination {
  experiment: string;
  values: Map<string, Sourced>;
}

/**
 * All runs of a sweep: for each experiment the grid of `matrix` with the rows of `zip`, with every seed, less what
 * `exclude` takes out; then what `include` adds. Without `matrix` and `zip` the runs are those of `include`, or, where there
 * are none, the experiments as they are.
 *
 * @throws InvalidConfigurationError for an `exclude` that takes out nothing, which is a mistake in it
 */
export function combinations({ sweep, source }: SweepFile): Combination[] {
  const experiments = Array.isArray(sweep.experiment) ? sweep.experiment : [sweep.experiment];
  const shared = new Map(source.entries!.get('set')?.entries);
  const rows = cross([grid(source.entries!.get('matrix')), zipped(source.entries!.get('zip'))]);
  const seeds = seedRows(source.entries!.get('seeds'));

  const onlyIncluded = sweep.include.length > 0 && !hasEntries(source, 'matrix') && !hasEntries(source, 'zip');
  const all = (onlyIncluded ? [] : experiments).flatMap((experiment) =>
    cross([rows, seeds]).map((row): Combination => ({ experiment, values: new Map([...shared, ...row]) })),
  );
  const excluded = (source.entries!.get('exclude')?.items ?? []).map((entry) => {
    const matching = all.filter((combination) => matches(combination, entry));
    if (matching.length === 0) {
      const remedy = 'Name keys and values that occur in the sweep, or leave it out.';
      throw invalid(entry.place, 'exclude', 'takes out none of the runs', remedy);
    }
    return matching;
  });
  const kept = all.filter((combination) => !excluded.some((matching) => matching.includes(combination)));

  const included = (source.entries!.get('include')?.items ?? []).flatMap((entry) => {
    const values = new Map([...shared, ...entry.entries!]);
    const own = values.get('experiment');
    values.delete('experiment');
    const of = own ? [String(plainValue(own))] : experiments;
    const withSeeds = values.has('seed') ? [new Map<string, Sourced>()] : seeds;
    return of.flatMap((experiment) =>
      withSeeds.map((seed): Combination => ({ experiment, values: new Map([...values, ...seed]) })),
    );
  });
  return [...kept, ...included];
}

function hasEntries(source: Sourced, key: string): boolean {
  return (source.entries!.get(key)?.entries?.size ?? 0) > 0;
}

type Row = Map<string, Sourced>;

/** Every combination of one row from each list; the last list varies fastest. */
function cross(lists: Row[][]): Row[] {
  return lists.reduce(
    (rows, list) => rows.flatMap((row) => list.map((other) => new Map([...row, ...other]))),
    [new Map() as Row],
  );
}

function grid(matrix: Sourced | undefined): Row[] {
  const axes = [...(matrix?.entries ?? [])];
  return cross(axes.map(([key, { items }]) => items!.map((value) => new Map([[key, value]]))));
}

function zipped(zip: Sourced | undefined): Row[] {
  const axes = [...(zip?.entries ?? [])];
  const length = axes[0]?.[1].items?.length ?? 0;
  if (length === 0) return [new Map()];
  return Array.from({ length }, (_, index) => new Map(axes.map(([key, { items }]) => [key, items![index]])));
}

function seedRows(seeds: Sourced | undefined): Row[] {
  if (!seeds || (!seeds.items && typeof seeds.scalar !== 'number')) return [new Map()];
  const values =
    seeds.items ??
    Array.from({ length: seeds.scalar as number }, (_, index): Sourced => ({ place: seeds.place, scalar: index + 1 }));
  return values.map((value) => new Map([['seed', value]]));
}

function matches({ experiment, values }: Combination, entry: Sourced): boolean {
  return [...entry.entries!].every(([key, wanted]) => {
    const value = key === 'experiment' ? experiment : values.has(key) ? plainValue(values.get(key)!) : undefined;
    return value !== undefined && canonicalJson(value) === canonicalJson(plainValue(wanted));
  });
}
