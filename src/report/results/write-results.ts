import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { RunError } from '../../errors';
import { loadExperiment } from '../../experiment/load';
import type { Run } from '../../experiment/run-folder';
import { isSweepPath } from '../../experiment/sweep/sweep-file';
import { shownPath, slug } from '../../files/project-path';
import { removeFile, writeFile } from '../../files/write-file';
import { VERDICT_METHOD } from '../../study/verdicts';
import { toMarkdownText } from '../../tables/tables';
import { renderPng } from '../drawing/render-figure';
import { KeptRuns } from './kept-runs';
import { type ResultsSection, readResultsFile } from './results-file';
import { sectionContent } from './results-section';

/** How far a section's runs have been made. */
export interface SectionState {
  title: string;
  made: number;
  missing: number;
}

/**
 * Writes a page of results as Markdown beside the YAML that says what goes into it, with its figures and what is kept of its runs
 * in a folder of the page's name. Every number is read from the run folders.
 *
 * @throws InvalidConfigurationError when the YAML is wrong; RunError when files of runs are damaged
 */
export async function writeResults(
  file: string,
  root = process.cwd(),
): Promise<{ page: string; sections: SectionState[] }> {
  const { title, text, sections } = readResultsFile(file, root);
  const page = path.resolve(root, file.replace(/\.ya?ml$/, '.md'));
  const folder = page.replace(/\.md$/, '');
  const before = pageBefore(page, root);
  const written = new Set<string>();
  const picture = (name: string, content: Uint8Array, alternative: string) => {
    writeFile(path.join(folder, name), content);
    written.add(name);
    const words = toMarkdownText(alternative).replace(/[[\]]/g, '\\$&');
    return `![${words}](${encodeURI(`${path.basename(folder)}/${name}`)})`;
  };
  const parts: string[] = [];
  const states: SectionState[] = [];
  const kept = new KeptRuns(path.join(shownPath(folder, root), 'runs'), root);
  const planned: Run[] = [];
  for (const section of sections) {
    const { markdown, figures, made, missing } = sectionContent(section, kept, root);
    for (const run of made) kept.keep(run);
    planned.push(...missing, ...made.map(({ run }) => run));
    const prefix = prefixOf(section, sections);
    const shown: string[] = [];
    for (const figure of figures)
      shown.push(picture(`${prefix}-${figure.name}.png`, await renderPng(figure, { scale: 1.5 }), figure.description));
    const copied = made.length > 0 ? picturesOf(section, root) : [];
    for (const { name, content, alternative } of copied)
      shown.push(picture(`${prefix}-${path.basename(name)}`, content, alternative));
    parts.push([`## ${section.title}`, markdown, ...shown].join('\n\n'));
    states.push({ title: section.title, made: made.length, missing: missing.length });
  }
  const note = `${NOTE}${shownPath(file, root)}\`; not to be edited. -->`;
  writeFile(
    page,
    `${[note, `# ${title}`, text.trim(), `${VERDICT_METHOD}.`, ...parts].filter(Boolean).join('\n\n')}\n`,
  );
  kept.retain(planned);
  // Figures of sections that are gone. Other pictures there may be somebody's own.
  for (const [, name] of before.matchAll(/^!\[.*\]\([^()]*\/([^()/]+\.png)\)$/gm))
    if (!written.has(decodeURI(name))) removeFile(path.join(folder, decodeURI(name)));
  return { page: shownPath(page, root), sections: states };
}

const NOTE = '<!-- Made from the run folders by `npx bun run roadseg results ';

/** @returns the page as it is, empty where there is none. @throws RunError for one that was written otherwise */
function pageBefore(page: string, root: string): string {
  const text = existsSync(page) ? readFileSync(page, 'utf8') : NOTE;
  if (text.startsWith(NOTE)) return text;
  throw new RunError(
    `${shownPath(page, root)} was not made by this command, and would be written over`,
    'give the YAML another name, which is also that of the page',
  );
}

/** Begins the names of a section's pictures; titles that come to the same word, or to none, have their number, too. */
function prefixOf(section: ResultsSection, sections: readonly ResultsSection[]): string {
  const word = slug(section.title);
  const alike = sections.filter(({ title }) => slug(title) === word);
  return word !== '' && section === alike[0] ? word : `${word || 'section'}-${sections.indexOf(section) + 1}`;
}

/** Pictures that a comparison's notebook left in its folder. */
function picturesOf({ title, runs, pictures }: ResultsSection, root: string) {
  if (isSweepPath(runs)) return [];
  const { folder } = loadExperiment(runs, { root });
  return Object.entries(pictures).map(([name, alternative]) => {
    const file = path.resolve(root, folder, name);
    if (!existsSync(file))
      throw new RunError(
        `${shownPath(file, root)} is missing, which the section "${title}" shows`,
        `run ${runs} again`,
      );
    return { name, alternative, content: readFileSync(file) };
  });
}
