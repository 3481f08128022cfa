import type { Provenance, ProvenancePart } from '../../experiment/provenance';
import { type Html, html, joinHtml } from '../../html';

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
export function runHtml({ label, folder, configuration, provenance, notebooks }: ReportRun): Html {
  return html`<details><summary>${label} <code>${folder}</code></summary>
${notebooks.length > 0 && html`<p>Executed notebooks: ${notebookLinks(notebooks)}</p>`}
${provenance ? provenanceHtml(provenance) : html`<p class="setting">No provenance was recorded.</p>`}
<pre>${configuration.trim()}</pre></details>`;
}

export function notebookLinks(notebooks: readonly NotebookLink[]): Html {
  const links = notebooks.map(({ name, href }) => html`<a href="${href}">${name}</a>`);
  return joinHtml(links, ' · ');
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

function provenanceHtml({ seed, dataFingerprint, weights, continuedFrom, parts }: Provenance): Html {
  const whole = list([
    ['Seed', String(seed)],
    ['Data', `fingerprint ${dataFingerprint}`],
    ['Weights', weights ? `${weights.source}, SHA-256 ${weights.sha256}` : 'random'],
    ...(continuedFrom ? [['Continues', `${continuedFrom.folder}, ${continuedFrom.epochs} epochs`] as Fact] : []),
  ]);
  const several = parts.length > 1;
  return html`${whole}${parts.map((part, index) => [several && html`<h4>${partTitle(part, index)}</h4>`, partHtml(part)])}`;
}

type Fact = [name: string, text: string];

function partTitle({ firstEpoch, lastEpoch }: ProvenancePart, index: number): string {
  const epochs = firstEpoch === null ? '' : `, epochs ${firstEpoch} to ${lastEpoch}`;
  return `Part ${index + 1}${epochs}`;
}

function partHtml({ git, versions, machine, environment, convolutionForms, startedAt, endedAt }: ProvenancePart): Html {
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

function list(facts: readonly Fact[]): Html {
  return html`<dl>${facts.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`;
}
