import { UserError } from '../../errors';
import { MAIN_SCORE } from '../../evaluation/score-differences';
import { spread } from '../../evaluation/spread';
import { type Provenance, readProvenance } from '../../experiment/provenance';
import { describeHolder } from '../../files/folder-lock';
import { durationText, timeText } from '../../human-units';
import type { Paint } from '../../runner/console/console-style';
import { problemOf, type RunState, secondsOf } from '../../runner/runs/situation';
import { type FoundEvaluation, readRunResults } from '../../study/results';
import {
  type ComparedResults,
  curveLines,
  curvesTable,
  differingKeys,
  distinctions,
  scoreNames,
  seedGroups,
  seedsTable,
  settingsTable,
} from '../../study/settings-comparison';
import { VERDICT_METHOD, verdictTable } from '../../study/verdicts';
import { formatScore, toCsv, toMarkdown } from '../../tables/tables';
import { toText } from '../../tables/text-table';
import type { FoundRun } from './find-runs';
import { publishedBesideRuns } from './run-published';
import { runVerdicts } from './run-verdicts';

/** How many scores a list of runs, and a comparison on the console, have room for. */
const KEY_SCORES = 3;
const COMPARED_SCORES = 5;
/** Characters that a list has room for, of what sets a run apart. */
const LONGEST = 60;

const stateColors: Partial<Record<RunState, 'green' | 'red' | 'cyan' | 'yellow'>> = {
  finished: 'green',
  failed: 'red',
  interrupted: 'yellow',
  running: 'cyan',
};

/** One line per run: what sets it apart from others of its name, state, when, how long, epochs, the first scores. */
export function runListText(runs: readonly FoundRun[], paint: Paint = (_format, text) => text): string {
  const compared = runs.map(withResults);
  const names = scoreNames(compared).slice(0, KEY_SCORES);
  const settings = distinctions(compared).map((text) =>
    text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text,
  );
  const differ = settings.some((text) => text !== '');
  return toText({
    header: ['run', ...(differ ? ['settings'] : []), 'state', 'changed', 'time', 'epochs', ...names],
    rows: runs.map((run, index) => {
      const { history, scores } = compared[index].results;
      const seconds = secondsOf(run);
      return [
        run.name,
        ...(differ ? [settings[index]] : []),
        stateColors[run.state] ? paint(stateColors[run.state]!, run.state) : run.state,
        timeText(run.changed),
        seconds === undefined ? '' : durationText(seconds),
        history.length > 0 ? String(history.length) : '',
        ...names.map((name) => (name in scores ? formatScore(scores[name] ?? Number.NaN) : '')),
      ];
    }),
    text: differ ? [0, 1, 2, 3] : [0, 1, 2],
  });
}

/** For scripts: what is known of a run but the settings and the epochs. */
export function runJson(run: FoundRun) {
  const { name, folder, state, changed, record, holder, status } = run;
  const { scores, setting, evaluations, history } = readRunResults(folder);
  const times = { changed: new Date(changed).toISOString(), seconds: secondsOf(run) };
  return {
    name,
    folder,
    state,
    ...times,
    epochs: history.length,
    scores,
    setting,
    evaluations,
    holder,
    status,
    record,
  };
}

/** All of a run on a page. */
export function runText(run: FoundRun): string {
  const { folder, state, record, holder, status } = run;
  const { results } = withResults(run);
  const { configuration, scores, setting, evaluations, history } = results;
  const provenance = provenanceOf(folder);
  const { parts: made = [], continuedFrom } = provenance ?? {};
  const seconds = secondsOf(run);
  const problem = state === 'failed' || state === 'interrupted' ? (record?.error ?? problemOf(run)) : undefined;
  const progress =
    status &&
    `${status.notebook} ${status.number}/${status.notebooks}, cell ${status.cell}/${status.cells} ${status.text}`;

  const facts: [string, string | undefined][] = [
    ['', String(configuration.description ?? '')],
    ['state', [state, ...(seconds === undefined ? [] : [durationText(seconds)])].join(', ')],
    ['held by', holder && describeHolder(holder)],
    ['now', progress],
    ['attempts', record && record.attempts > 1 ? String(record.attempts) : undefined],
    ['notebooks', record && notebookList(record)],
    ['commit', eachOnce(made.map(({ git }) => git && `${git.commit.slice(0, 12)}${git.dirty ? ', changed' : ''}`))],
    [
      'device',
      eachOnce(
        made.map(
          ({ machine, versions }) => `${machine.device}, ${machine.cores} cores, TensorFlow ${versions.tensorflow}`,
        ),
      ),
    ],
    ['parts', made.length > 1 ? `${made.length}, each with its commit and environment in provenance.json` : undefined],
    ['continues', continuedFrom ? `${continuedFrom.folder}, ${continuedFrom.epochs} epochs` : undefined],
    ['seed', provenance && String(provenance.seed)],
    ['scores of', [evaluations[0]?.folder, setting].filter((text) => text).join(': ')],
  ];
  const parts = [
    `${run.name}  ${folder}`,
    ...facts.filter(([, text]) => text).map(([name, text]) => `${name.padEnd(name ? 11 : 0)}${text}`),
    ...scoreList(scores),
    ...evaluations.slice(1).map((evaluation) => `\n${evaluationText(evaluation)}`),
    ...(history.length > 0 ? [`\n${toText(curveLines([withResults(run)])).trimEnd()}`] : []),
    ...(problem ? [`\n${problem.trimEnd()}`] : []),
  ];
  return `${parts.join('\n')}\n`;
}

/** What a run scored, a line each, below what it was measured on; empty where there is no score. */
export function scoreLines(folder: string): string[] {
  const { scores, setting } = readRunResults(folder);
  const lines = scoreList(scores);
  return lines.length > 0 && setting ? [setting, ...lines] : lines;
}

/** A line for each score. */
function scoreList(scores: Readonly<Record<string, number | null>>): string[] {
  return Object.entries(scores).map(([name, value]) => `  ${formatScore(value ?? Number.NaN).padStart(6)}  ${name}`);
}

export type ComparisonFormat = 'text' | 'csv' | 'md' | 'json';

/** Runs side by side: what they were told differently, how they scored, how they learned. */
export function comparison(runs: readonly FoundRun[], format: ComparisonFormat): string {
  const compared = runs.map(withResults);
  if (format === 'csv') return toCsv(settingsTable(compared, { exact: true }));
  if (format === 'json') return `${JSON.stringify(comparisonJson(compared), null, 2)}\n`;
  const notes = differentScenes(compared);
  const hasCurves = compared.some(({ results }) => results.history.length > 0);
  if (format === 'md') {
    const curves = hasCurves ? ['## Validation loss', toMarkdown(curvesTable(compared))] : [];
    const means = seedsTable(compared);
    const verdicts = runVerdicts(compared);
    const differences =
      verdicts.length > 0 ? ['## Differences', toMarkdown(verdictTable(verdicts)), `${VERDICT_METHOD}.\n`] : [];
    const published = publishedBesideRuns(compared);
    return [
      toMarkdown(settingsTable(compared)),
      means ? toMarkdown(means) : '',
      ...differences,
      published ? `## Published scores\n\n${toMarkdown(published)}` : '',
      ...curves,
      notes,
    ]
      .filter((part) => part !== '')
      .join('\n');
  }
  const curves = hasCurves ? [toText(curveLines(compared))] : [];
  const means = seedsTable(compared, COMPARED_SCORES);
  const verdicts = runVerdicts(compared);
  const published = publishedBesideRuns(compared);
  return [
    toText(settingsTable(compared, { scores: COMPARED_SCORES })),
    means ? toText(means) : '',
    verdicts.length > 0 ? toText(verdictTable(verdicts, [MAIN_SCORE])) : '',
    published ? toText(published) : '',
    ...curves,
    notes && `${notes}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
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
        ? [{ name, scenes: `${evaluation.setting}, contents ${evaluation.data ?? 'not recorded'}` }]
        : [],
  );
  if (new Set(evaluated.map(({ scenes }) => scenes)).size <= 1) return '';
  const lines = evaluated.map(({ name, scenes }) => `${name}: ${scenes}`);
  return ['The scores were measured on different things:', ...lines].join('\n  ');
}

/** Draws the runs' validation loss into a folder. */
export async function writeCurves(runs: readonly FoundRun[], folder: string): Promise<void> {
  // Loaded here: drawing takes a browser's worth of code.
  const [{ validationLossFigure }, { writeFigure }] = await Promise.all([
    import('../../report/figures/validation-loss'),
    import('../../report/drawing/render-figure'),
  ]);
  const curves = runs.map(withResults).map(({ name, results: { configuration, history } }) => {
    const weights = configuration['model.encoder.weights'];
    return { label: name, pretrained: weights !== undefined && weights !== null, history };
  });
  await writeFigure(folder, validationLossFigure(curves));
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
    verdicts: runVerdicts(runs),
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

function withResults({ name, folder, state }: FoundRun): ComparedResults {
  return { name, folder, state, results: readRunResults(folder) };
}

/** Another way in which the run was evaluated. */
function evaluationText({ folder, setting, scores }: FoundEvaluation): string {
  return [`${folder}: ${setting ?? ''}`, ...scoreList(scores)].join('\n');
}

function eachOnce(texts: readonly (string | null)[]): string | undefined {
  return [...new Set(texts.filter((text) => text !== null))].join('; ') || undefined;
}

function notebookList({ notebooks, total }: NonNullable<FoundRun['record']>): string {
  const done = notebooks.map(({ name, seconds }) => `${name} (${durationText(seconds)})`).join(', ');
  return `${notebooks.length} of ${total} went through${done ? `: ${done}` : ''}`;
}

/** Undefined where it is missing, or damaged. */
function provenanceOf(folder: string): Provenance | undefined {
  try {
    return readProvenance(folder);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
