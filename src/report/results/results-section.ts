import { classSet } from '../../data/classes';
import { RunError } from '../../errors';
import { namedScores } from '../../evaluation/score-differences';
import { loadExperiment } from '../../experiment/load';
import { readProvenance } from '../../experiment/provenance';
import type { Run } from '../../experiment/run-folder';
import type { Experiment } from '../../experiment/schema';
import { planSweep } from '../../experiment/sweep/plan';
import { isSweepPath } from '../../experiment/sweep/sweep-file';
import { slug } from '../../files/project-path';
import { durationText } from '../../human-units';
import {
  type ComparedModel,
  lossCurve,
  type ModelRun,
  modelCalibration,
  modelCounts,
  modelMetrics,
  modelScores,
  modelThings,
  publishedBeside,
  requireSameScenes,
} from '../../study/compared-model';
import { madeModel } from '../../study/comparison';
import { modelsOfExperiment, modelsOfSweep } from '../../study/planned-models';
import { findings, type PairVerdict, pairVerdicts, verdictTable } from '../../study/verdicts';
import { comparisonTable, iouTables, toMarkdown, toMarkdownText } from '../../tables/tables';
import type { Figure } from '../figures/figure';
import { groupIouFigure } from '../figures/group-iou';
import { recallByHeightFigure } from '../figures/recall-by-height';
import { reliabilityFigure } from '../figures/reliability';
import { scoreBySettingFigure } from '../figures/score-by-setting';
import { validationLossFigure } from '../figures/validation-loss';
import type { KeptRuns } from './kept-runs';
import type { ResultsSection } from './results-file';

/** A section as far as its runs have been made. */
export interface SectionContent {
  /** Without title, figures and pictures. */
  markdown: string;
  figures: readonly Figure[];
  made: readonly ModelRun[];
  missing: readonly Run[];
}

/** A model that has been made, and where it stands. */
interface PlacedModel {
  line: string;
  at?: number;
  model: ComparedModel;
}

/**
 * What may be told of a section's runs, all of it read from their folders, or from what is kept of those without weights.
 *
 * @throws RunError when files there are damaged, or runs that are compared were not evaluated on the same scenes
 */
export function sectionContent(section: ResultsSection, kept: KeptRuns, root = process.cwd()): SectionContent {
  const { runs: file, along, labels } = section;
  const planned = isSweepPath(file)
    ? modelsOfSweep(planSweep(file, { root }), along, root)
    : modelsOfExperiment(loadExperiment(file, { root }), root);
  const found = planned.map(({ line: name, at, runs }) => {
    const line = labels[name] ?? name;
    return { line, at, ...madeModel(at === undefined ? line : `${line}, ${at}`, runs, (run) => kept.of(run)) };
  });
  const lines = distinct(planned.map(({ line }) => line));
  requireKnown(section, 'renames', Object.keys(labels), { known: lines, what: 'which no model is called' });
  requireApart(section, lines);
  const placed = found.flatMap(({ line, at, model }): PlacedModel[] => (model ? [{ line, at, model }] : []));
  if (placed.length > 0) {
    const models = placed.map(({ model }) => model);
    requireSameScenes(models, { seenAlike: false });
    const known = Object.values(models[0].metrics)
      .flatMap(namedScores)
      .map(([name]) => name);
    requireKnown(section, 'asks for', section.scores, { known, what: 'which these runs do not have' });
  }
  const missing = found.flatMap((each) => each.missing);
  const made = placed.flatMap(({ model }) => model.runs);
  const pairs = placed.length > 0 ? verdictsOf(placed) : [];
  const parts = [
    section.text.trim(),
    `\`\`\`sh\n${section.command ?? commandOf(file, planned[0].runs[0].experiment)}\n\`\`\``,
    ...(placed.length > 0 ? toldOf(placed, pairs, section) : []),
    ...(missing.length > 0 ? [missingText(found, made.length === 0)] : []),
  ];
  return {
    markdown: parts.filter(Boolean).join('\n\n'),
    figures: placed.length > 0 ? figuresOf(placed, pairs, section) : [],
    made,
    missing,
  };
}

/** @throws RunError for a name that would be passed over in silence */
function requireKnown(
  { title }: ResultsSection,
  verb: string,
  names: readonly string[],
  { known, what }: { known: readonly string[]; what: string },
): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new RunError(
    `the section "${title}" ${verb} ${unknown}, ${what}`,
    `take one of: ${distinct(known).join(', ')}`,
  );
}

/** @throws RunError for lines whose models would pass for those of one */
function requireApart({ title, labels }: ResultsSection, lines: readonly string[]): void {
  const called = lines.map((line) => labels[line] ?? line);
  const second = called.findIndex((name, index) => called.indexOf(name) < index);
  if (second < 0) return;
  const name = called[second];
  throw new RunError(
    `the section "${title}" calls ${lines[called.indexOf(name)]} and ${lines[second]} alike, ${name}`,
    'give each line a label of its own',
  );
}

function commandOf(file: string, { data: { source, root } }: Experiment): string {
  const command = isSweepPath(file) ? 'sweep' : 'run';
  return `npx bun run roadseg ${command} ${file}${source === 'synthetic' || root !== null ? '' : ' --set data.root=DIR'}`;
}

function toldOf(placed: readonly PlacedModel[], pairs: readonly PairVerdict[], { scores }: ResultsSection): string[] {
  const models = placed.map(({ model }) => model);
  const told = models.map(modelScores);
  const settings = distinct(models.flatMap(({ runs }) => runs.map(({ evaluation }) => evaluation.setting)));
  const said = findings(pairs, Object.keys(models[0].metrics)).map((finding) => `- ${toMarkdownText(finding)}.`);
  const published = publishedBeside(models);
  return [
    spentText(models),
    `Evaluated on: ${toMarkdownText(settings.join('; '))}.`,
    said.join('\n'),
    toMarkdown(comparisonTable(told)).trim(),
    ...iouTables(told).map(({ table }) => toMarkdown(table).trim()),
    published ? toMarkdown(published).trim() : '',
    pairs.length > 0 ? toMarkdown(verdictTable(pairs, scores)).trim() : '',
  ];
}

/** How many trainings, how long they took, and on what. */
function spentText(models: readonly ComparedModel[]): string {
  const runs = models.flatMap((model) => model.runs);
  const seconds = runs.flatMap(({ history }) => history).reduce((sum, epoch) => sum + epoch.seconds, 0);
  const machines = runs.flatMap(({ run }) => readProvenance(run.path())?.parts ?? []).map(({ machine }) => machine);
  const names = distinct(machines.map(({ cpu, platform, cores }) => `${cpu ?? platform}, ${cores} cores`));
  const trainings = `${runs.length} ${runs.length === 1 ? 'training' : 'trainings'}`;
  return `${trainings}, ${durationText(seconds, { tenths: false })} in all${names.length > 0 ? ` (${names.join('; ')})` : ''}.`;
}

function missingText(found: readonly { line: string; at?: number; missing: readonly Run[] }[], all: boolean): string {
  if (all) return '**None of these runs has been made yet**; the command makes them.';
  const absent = found.flatMap(({ line, at, missing }) =>
    missing.map(({ experiment }) => [line, ...(at === undefined ? [] : [at]), `seed ${experiment.seed}`].join(', ')),
  );
  return `**Not made yet: ${toMarkdownText(absent.join('; '))}**; the command makes them, and nothing twice.`;
}

/** Each two models of one place; and where there are several places, of each line the last against the first. */
function verdictsOf(placed: readonly PlacedModel[]): PairVerdict[] {
  const classes = classSet(placed[0].model.runs[0].run.experiment.data.classes);
  const compared = (models: readonly PlacedModel[]) =>
    pairVerdicts(
      models.map(({ model }) => modelCounts(model)),
      classes,
    );
  const places = distinct(placed.map(({ at }) => at));
  const within = places.flatMap((at) => compared(placed.filter((each) => each.at === at)));
  const ends = linesOf(placed).flatMap(({ models }) =>
    models.length > 1 ? compared([models[0], models.at(-1)!]) : [],
  );
  return places.length > 1 ? [...within, ...ends] : within;
}

/** Models by line, those of a line rising. */
function linesOf(placed: readonly PlacedModel[]): { line: string; models: PlacedModel[] }[] {
  const rising = [...placed].sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  return distinct(placed.map(({ line }) => line)).map((line) => ({
    line,
    models: rising.filter((each) => each.line === line),
  }));
}

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

/** Things that are small in any picture of a street. */
const SMALL = ['human', 'object', 'pedestrian', 'pole'];

function figuresOf(
  placed: readonly PlacedModel[],
  pairs: readonly PairVerdict[],
  { title, along, scores, figures }: ResultsSection,
): Figure[] {
  const models = placed.map(({ model }) => model);
  const [{ evaluation }] = models[0].runs;
  const metrics = Object.keys(models[0].metrics);
  const heights = distinct(models.map(({ runs }) => runs[0].evaluation.smallThings.scenes[0]?.height));
  const side = heights.length > 1 ? Math.max(...heights) : undefined;
  const drawn: Record<ResultsSection['figures'][number], () => Figure[]> = {
    'validation-loss': () => [validationLossFigure(models.map(lossCurve))],
    'group-iou': () => metrics.map((metric) => groupIouFigure(models.map((model) => modelMetrics(model, metric)))),
    'recall-by-height': () => {
      const things = models.map(modelThings);
      const told = distinct([...SMALL, ...things.flatMap(({ wanted }) => wanted)]);
      return told
        .filter((name) => evaluation.record.classes.includes(name))
        .map((name) => recallByHeightFigure(things, name, { side }));
    },
    reliability: () => {
      const confidence = models.flatMap((model) => modelCalibration(model) ?? []);
      if (confidence.length > 0) return [reliabilityFigure(confidence)];
      throw new RunError(
        `the section "${title}" draws reliability, but none of its runs was evaluated with evaluation.calibration`,
        'evaluate them with it, or take the figure out',
      );
    },
  };
  const isLine = distinct(placed.map(({ at }) => at)).length > 1;
  return [
    ...(along && isLine
      ? scores.map((score) => scoreFigure(placed, pairs, { score, metric: metrics[0], title: along.title }))
      : []),
    ...figures.flatMap((name) => drawn[name]()),
  ];
}

function scoreFigure(
  placed: readonly PlacedModel[],
  pairs: readonly PairVerdict[],
  { score, metric, title }: { score: string; metric: string; title: string },
): Figure {
  const lines = linesOf(placed);
  const [first, second] = lines;
  const differences = first.models.flatMap(({ at, model }) => {
    const other = second?.models.find((each) => each.at === at);
    const pair = pairs.find((each) => each.first === model.label && each.second === other?.model.label);
    const found = pair?.scores.find((each) => each.metric === metric && each.score === score);
    return found?.verdict ? [{ at: at!, difference: found.difference }] : [];
  });
  const scoreOfRun = ({ evaluation }: ModelRun) =>
    namedScores(evaluation.metrics[metric]).find(([name]) => name === score)?.[1] ?? Number.NaN;
  return scoreBySettingFigure(
    score,
    title,
    lines.map(({ line, models }) => ({
      label: line,
      pretrained: models[0].model.pretrained,
      points: models.map(({ at, model }) => ({ at: at!, scores: model.runs.map(scoreOfRun) })),
    })),
    differences,
    { name: slug(score), subtitle: metric },
  );
}
