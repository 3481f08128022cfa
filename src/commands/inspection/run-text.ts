import { UserError } from '../../errors';
import { type Provenance, readProvenance } from '../../experiment/provenance';
import { describeHolder } from '../../files/folder-lock';
import { durationText } from '../../human-units';
import { problemOf, secondsOf } from '../../runner/runs/situation';
import { type FoundEvaluation, readRunResults } from '../../study/results';
import { curveLines } from '../../study/settings-comparison';
import { formatScore, toText } from '../../tables/tables';
import { type FoundRun, withResults } from './find-runs';

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
