/** The page: takes photos in, has them segmented, shows what came out. */
import { sharesOf } from '../../evaluation/pixel-classes';
import type { WindowOptions } from '../../evaluation/sliding-windows';
import type { BrowserModel, BrowserTensor, BrowserTensorFlow } from '../../tensorflow/browser';
import { AreasTable, type Group, percent } from './areas-table';
import { availableBackends, BACKENDS, type BackendName, useBackend } from './backend';
import { type Photo, readPhoto } from './photo';
import { type Segmentation, segment } from './segment';

declare const tf: BrowserTensorFlow;

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const [drop, result, stage] = ['drop', 'result', 'stage'].map((id) => element(id));
const [status, timing, under] = ['status', 'timing', 'under'].map((id) => element(id));
const [photoCanvas, maskCanvas] = ['photo', 'mask'].map((id) => element<HTMLCanvasElement>(id));
const [fileInput, opacity] = ['file', 'opacity'].map((id) => element<HTMLInputElement>(id));
const [sample, save] = ['sample', 'save'].map((id) => element<HTMLButtonElement>(id));
const backendChoice = element<HTMLSelectElement>('backend');

let groups: Group[] = [];
let table: AreasTable;
let model: BrowserModel;
/** Through which windows the model's run was evaluated. */
let view: WindowOptions;
let current: { photo: Photo; segmentation?: Segmentation } | null = null;
/** Counts what was asked for, so that an answer that comes late is known. */
let asked = 0;

start().catch(complain);

async function start(): Promise<void> {
  const available = availableBackends();
  const wanted = new URLSearchParams(location.search).get('backend');
  const ordered = [...available.filter((name) => name === wanted), ...available.filter((name) => name !== wanted)];
  const backend = await loadModel(ordered);
  view = await (await fetch('/window.json')).json();
  for (const name of available) backendChoice.add(new Option(BACKENDS[name], name, false, name === backend));
  const { classes, colors } = model.getUserDefinedMetadata() as { classes: string[]; colors: Group['color'][] };
  groups = classes.map((name, group) => ({ name, color: colors[group] }));
  table = new AreasTable(element('areas'), groups, paint);
  listen();
  fileInput.disabled = false;
  sample.disabled = false;
  say('Ready.');
}

/** @returns the first backend on which the model runs. @throws Error of the last, when there is none */
async function loadModel([first, ...others]: readonly BackendName[]): Promise<BackendName> {
  try {
    await useBackend(first);
    model = await tf.loadLayersModel('/model/model.json');
    await warmUp();
    return first;
  } catch (error) {
    if (others.length === 0) throw error;
    return loadModel(others);
  }
}

/** The first run of a model compiles it; photos should not wait for that. */
async function warmUp(): Promise<void> {
  const [, height, width, channels] = model.inputs[0].shape as number[];
  const answer = tf.tidy(() => model.predict(tf.zeros([1, height, width, channels])) as BrowserTensor);
  await answer.data();
  answer.dispose();
}

function listen(): void {
  fileInput.addEventListener('change', () => {
    const file = fileInput.files?.[0];
    fileInput.value = '';
    if (file) take(file, file.name);
  });
  sample.addEventListener('click', async () => take(await (await fetch('/street.png')).blob(), 'A generated street'));
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) drop.classList.remove('over');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    takeFirst(event.dataTransfer);
  });
  document.addEventListener('paste', (event) => takeFirst(event.clipboardData));
  opacity.addEventListener('input', showOpacity);
  backendChoice.addEventListener('change', changeBackend);
  save.addEventListener('click', savePicture);
  stage.addEventListener('pointermove', nameGroup);
  stage.addEventListener('pointerleave', () => {
    under.hidden = true;
  });
  showOpacity();
}

function takeFirst(data: DataTransfer | null): void {
  const file = data?.files[0];
  if (file) take(file, file.name);
}

async function take(file: Blob, name: string): Promise<void> {
  asked += 1;
  const mine = asked;
  try {
    say(`Reading ${name} …`);
    const photo = await readPhoto(file, name);
    if (mine !== asked) return;
    current = { photo };
    await run();
  } catch (error) {
    complain(error);
  }
}

/** Segments the current photo. */
async function run(): Promise<void> {
  asked += 1;
  const mine = asked;
  const { photo } = current!;
  const began = performance.now();
  const segmentation = await segment(model, photo, view, async (done, total) => {
    say(`${photo.name}: window ${done + 1} of ${total} …`);
    await nextFrame();
    return mine === asked;
  });
  if (!segmentation || mine !== asked) return;
  const all = performance.now() - began;
  current = { photo, segmentation };
  const shares = sharesOf(segmentation.groups, groups.length);
  table.fill(shares);
  for (const canvas of [photoCanvas, maskCanvas]) Object.assign(canvas, { width: photo.width, height: photo.height });
  photoCanvas.getContext('2d')!.putImageData(photo.image, 0, 0);
  photoCanvas.setAttribute('aria-label', `${photo.name}: ${inWords(shares)}`);
  paint();
  const { windows, modelMilliseconds } = segmentation;
  const parts = [`${windows} ${windows === 1 ? 'window' : 'windows'}`, `model ${duration(modelMilliseconds)}`];
  parts.push(BACKENDS[tf.getBackend() as BackendName]);
  timing.textContent = `${photo.width} × ${photo.height} pixels in ${duration(all)}: ${parts.join(', ')}`;
  result.hidden = false;
  say(`${photo.name}: ${inWords(shares)}.`);
}

/** Draws the overlay: the groups that are to be shown, in their colours. */
function paint(): void {
  if (!current?.segmentation) return;
  const { photo, segmentation } = current;
  const image = new ImageData(photo.width, photo.height);
  const colors = groups.map(({ color }, group) => [...color, table.shown[group] ? 255 : 0]);
  segmentation.groups.forEach((group, pixel) => {
    image.data.set(colors[group], pixel * 4);
  });
  maskCanvas.getContext('2d')!.putImageData(image, 0, 0);
}

function showOpacity(): void {
  maskCanvas.style.opacity = String(opacity.valueAsNumber / 100);
  element('opacity-value').textContent = `${opacity.value} %`;
}

async function changeBackend(): Promise<void> {
  asked += 1;
  try {
    say('Getting the model ready …');
    await nextFrame();
    await useBackend(backendChoice.value as BackendName);
    await warmUp();
    if (current) await run();
    else say('Ready.');
  } catch (error) {
    complain(error);
  }
}

function nameGroup({ clientX, clientY }: PointerEvent): void {
  if (!current?.segmentation) return;
  const { left, top, width, height } = maskCanvas.getBoundingClientRect();
  const column = Math.floor(((clientX - left) / width) * maskCanvas.width);
  const row = Math.floor(((clientY - top) / height) * maskCanvas.height);
  const group = groups[current.segmentation.groups[row * maskCanvas.width + column]];
  under.hidden = !group;
  under.textContent = group?.name ?? '';
}

/** Offers the photo with its overlay as a file; it is made here and comes from nowhere else. */
function savePicture(): void {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width: photoCanvas.width, height: photoCanvas.height });
  const context = canvas.getContext('2d')!;
  context.drawImage(photoCanvas, 0, 0);
  context.globalAlpha = opacity.valueAsNumber / 100;
  context.drawImage(maskCanvas, 0, 0);
  canvas.toBlob((blob) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob!);
    link.download = `${current!.photo.name.replace(/\.\w+$/, '')}-classes.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
}

/** Such as `flat 41.2 %, nature 20.0 %`, the largest first. */
function inWords(shares: readonly number[]): string {
  return groups
    .map(({ name }, group) => ({ name, share: shares[group] }))
    .filter(({ share }) => share >= 0.0005)
    .sort((a, b) => b.share - a.share)
    .map(({ name, share }) => `${name} ${percent(share)}`)
    .join(', ');
}

function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function say(text: string): void {
  status.classList.remove('wrong');
  status.textContent = text;
}

function complain(error: unknown): void {
  status.classList.add('wrong');
  status.textContent = error instanceof Error ? error.message : String(error);
}

/** Lets the browser show what was said before the processor is busy. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
