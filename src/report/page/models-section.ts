import type { Provenance, ProvenancePart } from '../../experiment/provenance';
import { escapeHtml } from '../../html';

/** One run that a report is about. */
export interface ReportRun {
  label: string;
  /** Its folder, as the reader would type it. */
  folder: string;
  /** The resolved experiment, as YAML. */
  configuration: string;
  /** Absent for a run that left none. */
  provenance?: Provenance;
  /** Its executed notebooks, relative to the report's folder. */
  notebooks: readonly NotebookLink[];
}

export interface NotebookLink {
  name: string;
  href: string;
}

/** @returns what made a run, collapsed: notebooks, machine, versions, times, the whole configuration. */
export function runHtml({ label, folder, configuration, provenance, notebooks }: ReportRun): string {
  return `<details><summary>${escapeHtml(label)} <code>${escapeHtml(folder)}</code></summary>
${notebooks.length > 0 ? `<p>Executed notebooks: ${notebookLinks(notebooks)}</p>` : ''}
${provenance ? provenanceHtml(provenance) : '<p class="setting">No provenance was recorded.</p>'}
<pre>${escapeHtml(configuration.trim())}</pre></details>`;
}

export function notebookLinks(notebooks: readonly NotebookLink[]): string {
  return notebooks.map(({ name, href }) => `<a href="${escapeHtml(href)}">${escapeHtml(name)}</a>`).join(' · ');
}

/** @param forms other than TensorFlow's own in float32 */
function convolutionsText(forms: readonly string[]): string {
  const rounded = forms.filter((form) => form === 'bfloat16').length;
  const chosen = forms.length - rounded;
  const parts = [
    ...(rounded > 0 ? [`${rounded} computed in bfloat16`] : []),
    ...(chosen > 0 ? [`${chosen} computed in a form chosen by timing`] : []),
  ];
  return parts.join(', ') || 'TensorFlow’s own forms';
}

function provenanceHtml({ seed, dataFingerprint, weights, continuedFrom, parts }: Provenance): string {
  const whole = list([
    ['Seed', String(seed)],
    ['Data', `fingerprint ${dataFingerprint}`],
    ['Weights', weights ? `${weights.source}, SHA-256 ${weights.sha256}` : 'random'],
    ...(continuedFrom ? [['Continues', `${continuedFrom.folder}, ${continuedFrom.epochs} epochs`] as Fact] : []),
  ]);
  const several = parts.length > 1;
  return [
    whole,
    ...parts.map((part, index) => `${several ? `<h4>${partTitle(part, index)}</h4>` : ''}${partHtml(part)}`),
  ].join('');
}

type Fact = [name: string, text: string];

function partTitle({ firstEpoch, lastEpoch }: ProvenancePart, index: number): string {
  const epochs = firstEpoch === null ? '' : `, epochs ${firstEpoch} to ${lastEpoch}`;
  return `Part ${index + 1}${epochs}`;
}

function partHtml({
  git,
  versions,
  machine,
  environment,
  convolutionForms,
  startedAt,
  endedAt,
}: ProvenancePart): string {
  return list([
    ['Commit', git ? `${git.commit}${git.dirty ? ', files changed' : ''}` : 'unknown'],
    ['Software', `TensorFlow ${versions.tensorflow}, TensorFlow.js ${versions.tfjs ?? 'unknown'}, ${versions.runtime}`],
    [
      'Machine',
      `${machine.cpu ?? machine.platform}, ${machine.cores} cores, ${machine.memoryGiB} GiB; ${machine.device}`,
    ],
    [
      'Settings',
      Object.entries(environment)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ') || 'none',
    ],
    ['Convolutions', convolutionsText(Object.values(convolutionForms))],
    ['Started', startedAt],
    ['Ended', endedAt ?? 'not recorded'],
  ]);
}

function list(facts: readonly Fact[]): string {
  return `<dl>${facts.map(([name, text]) => `<dt>${name}</dt><dd>${escapeHtml(text)}</dd>`).join('')}</dl>`;
}
