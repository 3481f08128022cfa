import type { Provenance } from '../experiment/provenance';
import { escapeHtml } from './html';

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

function provenanceHtml({ git, versions, machine, environment, seed, ...rest }: Provenance): string {
  const { dataFingerprint, convolutionForms, startedAt, resumedAt, endedAt } = rest;
  const facts: [string, string][] = [
    ['Seed', String(seed)],
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
    ['Convolutions', convolutionsText(Object.values(convolutionForms ?? {}))],
    ['Data', `fingerprint ${dataFingerprint}`],
    ['Started', [startedAt, ...resumedAt.map((time) => `taken up again ${time}`)].join(', ')],
    ['Ended', endedAt ?? 'not yet'],
  ];
  return `<dl>${facts.map(([name, text]) => `<dt>${name}</dt><dd>${escapeHtml(text)}</dd>`).join('')}</dl>`;
}
