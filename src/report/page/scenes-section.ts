import type { ClassOfSet } from '../../data/classes/class-set';
import type { PredictedScene } from '../../evaluation/predictions';
import { type Html, html, joinHtml } from '../../html';
import { classLegend, errorLegend, inputImage, rightNote, voidOf } from '../drawing/panel';
import { errorMask, errorMaskImage, imagePng, labelMaskImage, type RgbImage } from '../drawing/rgb-image';
import type { Swatch } from '../drawing/svg-drawing';

/**
 * Scenes in a page: the input, and for each model the truth and the prediction upon one another with a slider that shows
 * the one to its left and the other to its right, then where they differ. Without scripts the one stands above the other.
 *
 * @param models labels, in the order of each scene's predictions
 * @param classes of truth and predictions
 */
export async function pageScenesHtml(
  scenes: readonly PredictedScene[],
  models: readonly string[],
  classes: readonly ClassOfSet[],
): Promise<Html> {
  const parts = await Promise.all(scenes.map((scene) => sceneHtml(scene, models, classes)));
  return html`${joinHtml(parts)}
${legendHtml(classLegend(classes, scenes))}
${legendHtml(errorLegend(classes, scenes))}`;
}

async function sceneHtml(
  scene: PredictedScene,
  models: readonly string[],
  classes: readonly ClassOfSet[],
): Promise<Html> {
  const { name, truth } = scene;
  const input = inputImage(scene);
  const shownTruth = await pictureHtml(labelMaskImage(truth, scene, classes), `Truth of ${name}`);
  const views = models.map(async (model, index) => {
    const prediction = scene.predictions[index];
    const mask = errorMask(truth, prediction, { leftOut: voidOf(classes) });
    const right = rightNote(mask);
    const shown = await pictureHtml(labelMaskImage(prediction, scene, classes), `What ${model} predicts in ${name}`);
    const errors = await pictureHtml(errorMaskImage(mask, input), `Errors of ${model} in ${name}: ${right}`);
    const slider = `${model}, ${name}: share of the truth shown, from the left`;
    return html`<figure class="compare">
<div class="stack">${shownTruth}${shown}</div>
<input type="range" min="0" max="100" value="50" aria-label="${slider}">
<figcaption><b>${model}</b><br>truth ◂ ▸ prediction</figcaption>
</figure>
<figure>${errors}<figcaption>Errors<br>${right}</figcaption></figure>`;
  });
  return html`<article class="scene">
<h3>${name}</h3>
<div class="views">
<figure>${await pictureHtml(input, `Scene ${name}`)}<figcaption>Input</figcaption></figure>
${joinHtml(await Promise.all(views))}
</div>
</article>`;
}

/** Pixels that a page shows of a picture's height. */
const SHOWN_HEIGHT = 512;

/** A picture as part of a page, made smaller where it is higher than a page shows. */
export async function pictureHtml(image: RgbImage, alternative: string): Promise<Html> {
  const height = Math.min(image.height, SHOWN_HEIGHT);
  const width = Math.round((image.width * height) / image.height);
  const png = await imagePng(image, { width, height });
  const source = `data:image/png;base64,${png.toString('base64')}`;
  return html`<img width="${width}" height="${height}" alt="${alternative}" src="${source}">`;
}

/** What colours mean, in a page with {@link SCENES_STYLE}. */
export function legendHtml(entries: readonly Swatch[]): Html {
  const items = entries.map(({ label, color }) => html`<li><span style="background:${color}"></span>${label}</li>`);
  return html`<ul class="legend">${items}</ul>`;
}

/** CSS of {@link pageScenesHtml}; the class `js` stands at the root where scripts run. */
export const SCENES_STYLE = `
.scene { margin-bottom: 1.4rem; }
.scene h3 { margin: 0 0 .5rem; overflow-wrap: anywhere; }
.views { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.4rem, 1fr)); gap: .8rem; align-items: start; }
.views img { display: block; width: 100%; height: auto; border-radius: 4px; image-rendering: pixelated; }
.stack { position: relative; --at: 50%; }
.js .stack { cursor: ew-resize; touch-action: pan-y; }
.js .stack img + img { position: absolute; inset: 0; clip-path: inset(0 0 0 var(--at)); }
.js .stack::after { content: ""; position: absolute; inset: 0 auto 0 var(--at); width: 2px; margin-left: -1px; background: #fff; box-shadow: 0 0 0 1px #0008; }
.compare input { width: 100%; margin: .3rem 0 0; accent-color: var(--accent); }
html:not(.js) .stack { display: grid; gap: 2px; }
html:not(.js) .compare input { display: none; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .4rem 0 0; padding: 0; list-style: none; font-size: .9rem; }
@media (max-width: 40rem) { .views figure:first-child { grid-column: 1 / -1; } }
.legend span { display: inline-block; width: .85em; height: .85em; margin-right: .4em; border: 1px solid #8886; border-radius: 2px; vertical-align: -.08em; }`;

/** Browser code: sliders move by themselves, by the keyboard, and by dragging on the pictures. */
export const SCENES_SCRIPT = `
for (const compare of document.querySelectorAll('.compare')) {
  const [stack, slider] = [compare.querySelector('.stack'), compare.querySelector('input')];
  const show = () => stack.style.setProperty('--at', slider.value + '%');
  slider.addEventListener('input', show);
  const drag = ({ buttons, clientX }) => {
    if (!buttons) return;
    const { left, width } = stack.getBoundingClientRect();
    slider.value = (100 * (clientX - left)) / width;
    show();
  };
  for (const type of ['pointerdown', 'pointermove']) stack.addEventListener(type, drag);
  stack.addEventListener('dragstart', (event) => event.preventDefault());
  show();
}`;
