import { MAIN_SCORE } from '../../evaluation/score-differences';
import { spread } from '../../evaluation/spread';
import { curveOf, modelScores, publishedBeside } from '../../study/compared-model';
import { settingOfScenes } from '../../study/evaluation-setting';
import {
  type ComparedResults,
  curveLines,
  curvesTable,
  differingKeys,
  scoreNames,
  seedGroups,
  seedsTable,
  settingsTable,
} from '../../study/settings-comparison';
import { VERDICT_METHOD, verdictTable } from '../../study/verdicts';
import { instanceIouTable, type Table, toCsv, toMarkdown, toText } from '../../tables/tables';
import { type FoundRun, withResults } from './find-runs';
import { runModels, runVerdicts } from './run-models';

/** How many scores a comparison on the console has room for. */
const COMPARED_SCORES = 5;

export type ComparisonFormat = 'text' | 'csv' | 'md' | 'json';

/** Runs side by side: what they were told differently, how they scored, how they learned. */
export function comparison(runs: readonly FoundRun[], format: ComparisonFormat): string {
  const compared = runs.map(withResults);
  if (format === 'csv') return toCsv(settingsTable(compared, { exact: true }));
  if (format === 'json') return `${JSON.stringify(comparisonJson(compared), null, 2)}\n`;
  const isText = format === 'text';
  const scores = isText ? COMPARED_SCORES : undefined;
  const models = runModels(compared);
  const things = instanceIouTable(models.map(modelScores));
  const verdicts = runVerdicts(models);
  const hasCurves = compared.some(({ results }) => results.history.length > 0);
  const tables: [heading: string, table: Table | undefined, note?: string][] = [
    ['', settingsTable(compared, { scores })],
    ['', seedsTable(compared, scores)],
    ['iIoU', things.rows.length > 0 ? things : undefined],
    [
      'Differences',
      verdicts.length > 0 ? verdictTable(verdicts, isText ? [MAIN_SCORE] : undefined) : undefined,
      `${VERDICT_METHOD}.\n`,
    ],
    ['Published scores', publishedBeside(models)],
    ['Validation loss', hasCurves ? (isText ? curveLines : curvesTable)(compared) : undefined],
  ];
  const parts = tables.flatMap(([heading, table, note]) => {
    if (!table) return [];
    return isText ? [toText(table)] : [heading && `## ${heading}\n`, toMarkdown(table), note];
  });
  const notes = differentScenes(compared);
  return [...parts, notes && `${notes}\n`].filter(Boolean).join('\n');
}

/** A note that names what each run was evaluated on, where that is not the same for all: in words, and by its content. */
function differentScenes(compared: readonly ComparedResults[]): string {
  const evaluated = compared.flatMap(
    ({
      name,
      results: {
        evaluations: [evaluation],
      },
    }) =>
      evaluation?.setting
        ? [{ name, scenes: `${settingOfScenes(evaluation.setting)}, contents ${evaluation.data ?? 'not recorded'}` }]
        : [],
  );
  if (new Set(evaluated.map(({ scenes }) => scenes)).size <= 1) return '';
  const lines = evaluated.map(({ name, scenes }) => `${name}: ${scenes}`);
  return ['The scores were measured on different things:', ...lines].join('\n  ');
}

function comparisonJson(runs: readonly ComparedResults[]) {
  const keys = differingKeys(runs);
  const differences = keys.map((key) => ({
    key,
    values: runs.map(({ results }) => results.configuration[key] ?? null),
  }));
  return {
    runs: runs.map(({ name, folder, state, results: { setting, scores, history } }) => ({
      name,
      folder,
      state,
      setting,
      scores,
      history,
    })),
    differences,
    verdicts: runVerdicts(runModels(runs)),
    means: seedGroups(runs).flatMap((alike) => (alike.length > 1 ? [meansJson(alike)] : [])),
  };
}

/** Mean and sample standard deviation over runs that differ in nothing but their seed. */
function meansJson(runs: readonly ComparedResults[]) {
  const scores = scoreNames(runs).map((name) => {
    const { mean, deviation } = spread(runs.map(({ results }) => results.scores[name] ?? Number.NaN));
    return [name, { mean, deviation }];
  });
  return {
    runs: runs.map(({ folder }) => folder),
    seeds: runs.map(({ results }) => results.configuration.seed),
    scores: Object.fromEntries(scores),
  };
}

/** Draws the runs' validation loss into a folder. */
export async function writeCurves(runs: readonly FoundRun[], folder: string): Promise<void> {
  // Loaded here: drawing takes a browser's worth of code.
  const [{ validationLossFigure }, { writeFigure }] = await Promise.all([
    import('../../report/figures/validation-loss'),
    import('../../report/drawing/render-figure'),
  ]);
  const curves = runs.map(withResults).map(({ name, results: { experiment, history } }) => {
    return experiment ? curveOf(name, experiment, history) : { label: name, pretrained: false, history };
  });
  await writeFigure(folder, validationLossFigure(curves));
}
