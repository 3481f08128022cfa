import path from 'node:path';
import { z } from 'zod';
import { readText } from '../../configuration/inheritance';
import { validate } from '../../configuration/validation';
import { parseYaml } from '../../configuration/yaml-source';
import { shownPath } from '../../files/project-path';

const section = z.strictObject({
  title: z.string().min(1),
  /** Markdown, before the tables. */
  text: z.string().default(''),
  /** The comparison, sweep or experiment whose runs are shown; relative to the project folder. */
  runs: z.string().regex(/\.ya?ml$/, 'the YAML of a comparison, a sweep or an experiment'),
  /** Of a sweep: the number that tells the models of a line apart. */
  along: z
    .strictObject({
      /** Dotted, such as `data.size`. */
      key: z.string().min(1),
      /** Of the axis. */
      title: z.string().min(1),
      /** Where the key limits a split: how many scenes there are without it. */
      of: z.number().int().positive().optional(),
    })
    .nullable()
    .default(null),
  /** What lines of a sweep are called, by the names that they have otherwise. */
  labels: z.record(z.string(), z.string()).default({}),
  /** What makes the runs; by default the command of `runs`. */
  command: z.string().nullable().default(null),
  /** Scores whose differences are told, and drawn along. */
  scores: z.array(z.string()).min(1).default(['mean IoU']),
  figures: z.array(z.enum(['validation-loss', 'group-iou', 'recall-by-height', 'reliability'])).default([]),
  /** Pictures of the comparison's run folder, and what is to be seen on them. */
  pictures: z.record(z.string(), z.string()).default({}),
});

/** A page of results: what is told of which runs. */
const results = z.strictObject({
  title: z.string().min(1),
  text: z.string().default(''),
  sections: z.array(section).min(1),
});

export type ResultsFile = z.infer<typeof results>;
export type ResultsSection = z.infer<typeof section>;

/** @throws InvalidConfigurationError naming line and column of what is wrong */
export function readResultsFile(file: string, root: string): ResultsFile {
  const shown = shownPath(file, root);
  const remedy = 'Correct it; what it may say is defined in src/report/results/results-file.ts.';
  const text = readText(path.resolve(root, file), shown, root);
  return validate(parseYaml(text, shown), { schema: results, remedy });
}
