import type { z } from 'zod';
import type { ClassSet } from '../classes/class-set';
import { camvid } from './camvid';
import { cityscapes } from './cityscapes';
import { folder } from './folder';
import type { Source } from './source';
import { synthetic } from './synthetic';

/** How each `data.source` is opened. One is added as a file beside these and an entry here. */
export const SOURCES = { cityscapes, camvid, folder, synthetic } as const satisfies Record<string, Source<never>>;

export type SourceName = keyof typeof SOURCES;

export const SOURCE_NAMES = Object.keys(SOURCES) as [SourceName, ...SourceName[]];

type ClassSetName = {
  [Name in SourceName]: (typeof SOURCES)[Name] extends { classSets: infer Sets } ? keyof Sets & string : never;
}[SourceName];

/** The class sets that sources bring along, by name. */
export function classSetsOfSources(): Readonly<Record<ClassSetName, ClassSet>> {
  return Object.assign({}, ...Object.values(SOURCES).map((source) => ('classSets' in source ? source.classSets : {})));
}

/** Schemas of the sources that have options of their own, by name. */
type OwnOptions = {
  [Name in SourceName as (typeof SOURCES)[Name] extends { options: z.ZodType }
    ? Name
    : never]: (typeof SOURCES)[Name] extends {
    options: infer Schema extends z.ZodType;
  }
    ? Schema
    : never;
};

/** What `data` holds beside the options that all sources have: the options of each source under its name. */
export function ownOptions(): OwnOptions {
  const entries = Object.entries(SOURCES).flatMap(([name, source]) =>
    'options' in source ? [[name, source.options]] : [],
  );
  return Object.fromEntries(entries);
}
