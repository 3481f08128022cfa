import type { SplitName } from '../splits';
import { type Counterfactual, renderCounterfactual } from '../streets/counterfactual';
import { type RenderedScene, renderScene, type SceneOptions } from '../streets/render';
import { composeScene } from '../streets/scene';
import type { Change, Subject } from '../streets/subject';
import { centerSquare } from './picture';
import type { Sample } from './prepare-scene';
import { nearest, resizedWindow } from './resize';

/** A generated scene with one thing changed, ready for a model, and where that thing is. */
export interface CounterfactualSample extends Sample {
  /** Which of the changes was made. */
  change: number;
  /** [size, size], 1 where the changed thing is seen. */
  subject: Uint8Array;
}

export interface CounterfactualOptions {
  /** The generator's, as in `data.synthetic`. */
  seed: number;
  width: number;
  height: number;
  split: SplitName;
  /** How many scenes, from the first; one in which no such thing is large enough is left out. */
  scenes: number;
  /** Side of a sample in pixels. */
  size: number;
  kind: Subject['kind'];
  changes: readonly Change[];
}

/** Height of the largest thing of a scene, in pixels of the sample, below which there is nothing to be made smaller. */
const LEAST_HEIGHT = 10;

/**
 * Draws generated scenes again and again, each time with one thing of each changed in another way: the one that takes most
 * of the centre square. Cut and resized as all scenes are.
 *
 * @returns scene by scene, in the order of the changes
 */
export async function counterfactualSamples({
  scenes,
  size,
  kind,
  changes,
  ...options
}: CounterfactualOptions): Promise<CounterfactualSample[]> {
  const samples: CounterfactualSample[] = [];
  for (let index = 0; index < scenes; index += 1) {
    const scene: SceneOptions = { ...options, index };
    const subject = largestSubject(prepared(await renderScene(scene), scene, size), scene, kind);
    if (subject < 0) continue;
    for (const [place, change] of changes.entries()) {
      const changed: Counterfactual = await renderCounterfactual(scene, { subject, change });
      const { subjects, ...sample } = prepared(changed, scene, size);
      samples.push({ ...sample, change: place, subject: subjects.map((number) => (number === subject + 1 ? 1 : 0)) });
    }
  }
  return samples;
}

/** Rows from the first to the last that hold a 1; 0 for none. @param mask [size, size] */
export function heightOf(mask: Uint8Array): number {
  const size = Math.sqrt(mask.length);
  const [first, last] = [mask.indexOf(1), mask.lastIndexOf(1)];
  return first < 0 ? 0 : Math.floor(last / size) - Math.floor(first / size) + 1;
}

function prepared(
  { name, image, labelIds, subjects }: RenderedScene,
  { width, height }: SceneOptions,
  size: number,
): Sample & { subjects: Uint8Array } {
  const square = centerSquare(width, height);
  const map = (values: Uint8Array) => nearest(values, width, square, new Uint8Array(size * size));
  const picture = resizedWindow({ width, height, pixels: image }, square, size);
  return { name, width: size, image: picture, labelIds: map(labelIds), subjects: map(subjects) };
}

/** The subject of that kind with the most pixels, if it is high enough; -1 for none. */
function largestSubject({ subjects }: { subjects: Uint8Array }, scene: SceneOptions, kind: Subject['kind']): number {
  const counts = new Map<number, number>();
  for (const number of subjects) if (number > 0) counts.set(number - 1, (counts.get(number - 1) ?? 0) + 1);
  const kinds = composeScene(scene, scene.width / scene.height).subjects.map((subject) => subject.kind);
  const [[largest] = [-1]] = [...counts].filter(([index]) => kinds[index] === kind).sort((a, b) => b[1] - a[1]);
  const mask = subjects.map((number) => (number === largest + 1 ? 1 : 0));
  return largest >= 0 && heightOf(mask) >= LEAST_HEIGHT ? largest : -1;
}
