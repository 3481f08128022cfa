import { type ClassSet, IGNORED } from '../../data/classes/class-set';
import type { Dataset, Scene } from '../../data/dataset';
import {
  type DataInspection,
  FINDINGS,
  type Finding,
  type FindingKind,
  INSPECTED_HEIGHT,
  inspectedSplits,
  maskPowerText,
  sharesTable,
} from '../../data/inspection/inspect-dataset';
import { type Html, html, joinHtml } from '../../html';
import type { SplitName } from '../../splits';
import { capitalized, toHtml } from '../../tables/tables';
import { classLegend } from '../drawing/panel';
import { cssColor } from '../figures/figure';
import { type InspectedView, inspectedViews, UNKNOWN_COLOR, unreadableViews } from './inspected-scene';
import { pageHtml, section } from './page-frame';
import { legendHtml, pictureHtml, SCENES_STYLE } from './scenes-section';

/** How many scenes of a kind are shown, and how many other findings are listed. */
const SHOWN = 6;
const LISTED = 20;

export interface InspectedData {
  /** What was looked through, such as an experiment's file. */
  title: string;
  dataset: Dataset;
  classSet: ClassSet;
}

/**
 * @returns one page that needs no other file: the classes' shares, then of each kind of fault the worst scenes with their
 * masks and what is wrong with them in words; at last those without a finding whose masks follow their pictures least
 */
export async function inspectionPage(inspection: DataInspection, data: InspectedData): Promise<string> {
  const { findings, masks, scenes } = inspection;
  const splits = inspectedSplits(inspection);
  const kinds = (Object.keys(FINDINGS) as FindingKind[]).map((kind) => findings.filter((each) => each.kind === kind));
  const parts: Html[] = [];
  // One kind after another, so that few pictures are in memory at a time.
  for (const found of kinds.filter(({ length }) => length > 0)) parts.push(await kindHtml(found, data));
  const least = await Promise.all(masks.least.map((each) => sceneHtml(each, data)));
  const body = html`<header>
<h1>${data.title}</h1>
<p class="lead">${findings.length === 0 ? 'Nothing was found.' : `${findings.length} finding${findings.length === 1 ? '' : 's'}.`}</p>
<p class="setting">${data.dataset.title}, ${data.dataset.root}: ${splits.map((split) => `${split} ${scenes[split]} scenes`).join(', ')}. ${maskPowerText(masks)}.</p>
</header>
<main>
${joinHtml(parts)}
${least.length > 0 && section('No finding, but these follow their pictures least', html`${joinHtml(least)}${legend(data)}`)}
${section('Shares of the classes', html`<div class="scroll">${toHtml(sharesTable(inspection))}</div>`)}
</main>`;
  return pageHtml({ title: data.title, style: SCENES_STYLE + STYLE, body });
}

async function kindHtml(found: readonly Finding[], data: InspectedData): Promise<Html> {
  const [{ kind }] = found;
  const inScenes = found.filter(({ split, name }) => split !== undefined && sceneNamed(data.dataset, split, name));
  const shown = inScenes.slice(0, SHOWN);
  const listed = found.filter((each) => !shown.includes(each)).slice(0, LISTED);
  const more = found.length - shown.length - listed.length;
  const pictures = await Promise.all(shown.map((each) => sceneHtml(each, data)));
  const items = listed.map(
    ({ split, name, what }) => html`<li><b>${[split, name].filter(Boolean).join(' ')}</b>: ${what}</li>`,
  );
  const rest = more > 0 && html`<p class="setting">… and ${more} more (--json lists all)</p>`;
  return section(
    `${capitalized(FINDINGS[kind])}: ${found.length}`,
    html`${joinHtml(pictures)}
${shown.length > 0 && legend(data, kind === 'unreadable')}
${items.length > 0 && html`<ul class="findings">${items}</ul>`}${rest}`,
  );
}

function sceneNamed(dataset: Dataset, split: SplitName, name: string): Scene | undefined {
  return dataset.splits[split].find((scene) => scene.name === name);
}

async function sceneHtml(
  { split, name, what, kind, moved, twin }: Pick<Finding, 'split' | 'name' | 'what'> & Partial<Finding>,
  { dataset, classSet }: InspectedData,
): Promise<Html> {
  const scene = sceneNamed(dataset, split!, name)!;
  const views =
    kind === 'unreadable'
      ? await unreadableViews(scene, dataset, classSet)
      : await inspectedViews(scene, dataset, classSet, moved && { offset: moved, height: INSPECTED_HEIGHT });
  const other = twin && sceneNamed(dataset, twin.split, twin.name);
  const twins = other ? await inspectedViews(other, dataset, classSet) : [];
  return html`<article class="scene">
<h3>${split} ${name}</h3>
<p>${capitalized(what)}.</p>
${await viewsHtml(views, name)}
${twins.length > 0 && html`<p>${twin!.split} ${twin!.name}</p>\n${await viewsHtml(twins, twin!.name)}`}
</article>`;
}

async function viewsHtml(views: readonly InspectedView[], name: string): Promise<Html> {
  const figures = views.map(async ({ caption, image }) => {
    const picture = image && (await pictureHtml(image, `${caption} of ${name}`));
    return html`<figure>${picture}<figcaption>${caption}</figcaption></figure>`;
  });
  return html`<div class="views">${joinHtml(await Promise.all(figures))}</div>`;
}

function legend({ classSet, dataset }: InspectedData, withUnknown = false): Html {
  const isIgnored = (id: number) => classSet.classOfLabelId[id] === IGNORED;
  const ignored = [...dataset.labelIdOfMaskValue.values()].some(isIgnored) ? [{ truth: [IGNORED] }] : [];
  const unknown = withUnknown ? [{ label: 'value without a label', color: cssColor(UNKNOWN_COLOR) }] : [];
  return legendHtml([...classLegend(classSet.classes, ignored), ...unknown]);
}

const STYLE = `
.scene p { margin: 0 0 .5rem; overflow-wrap: anywhere; }
.views { grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); }
@media (max-width: 40rem) { .views figure:first-child { grid-column: auto; } }`;
