import type { MapPair } from './boundary';
import { type Component, connectedComponents } from './connected-components';

/** A thing of a scene, and how much of it was found; or one that was only imagined. */
export interface ObjectScore {
  /** Index of its class. */
  class: number;
  /** True pixels; 0 for an imagined thing. */
  area: number;
  /** Pixels of a thing that is there that were predicted as its class. */
  found: number;
  /** Pixels predicted as its class beside it, in a patch that lies on it more than on any other thing; all of an imagined one. */
  beside: number;
  /** Of the bounding box, in pixels; an imagined thing's own. */
  height: number;
  width: number;
}

export interface ObjectScene extends MapPair {
  /** Cityscapes' instance ids, [height, width], which tell neighbours apart; where a data set has them. */
  instanceIds?: ArrayLike<number>;
}

/**
 * Finds the things of a scene and how well each was predicted. A thing is what has one instance id, be it in several pieces
 * behind a pole; where things are not counted (poles, and all of CamVid) it is a connected component of its class, so that
 * two people who touch are one.
 *
 * @param classes whose things are looked for
 */
export function objectScores(
  { width, height, truth, predicted, instanceIds }: ObjectScene,
  classes: readonly number[],
): ObjectScore[] {
  const size = { width, height };
  const things = connectedComponents(truth, size, classes);
  if (instanceIds) mergeInstances(things, truth, instanceIds, width);
  const scores = things.components.map(
    (thing): ObjectScore => ({ class: thing.value, area: thing.area, found: 0, beside: 0, ...boxOf(thing) }),
  );

  const patches = connectedComponents(predicted, size, classes);
  /** Of each patch: how many of its pixels lie on each thing of its class. */
  const overlaps = patches.components.map(() => new Map<number, number>());
  patches.map.forEach((patch, pixel) => {
    const thing = things.map[pixel];
    if (patch < 0 || thing < 0 || things.components[thing].value !== patches.components[patch].value) return;
    scores[thing].found += 1;
    overlaps[patch].set(thing, (overlaps[patch].get(thing) ?? 0) + 1);
  });
  patches.components.forEach((patch, index) => {
    const hits = [...overlaps[index]].sort((a, b) => b[1] - a[1]);
    const beside = patch.area - hits.reduce((sum, [, pixels]) => sum + pixels, 0);
    if (hits.length > 0) scores[hits[0][0]].beside += beside;
    else scores.push({ class: patch.value, area: 0, found: 0, beside, ...boxOf(patch) });
  });
  return scores.filter(({ area, beside }) => area > 0 || beside > 0);
}

function boxOf({ top, bottom, left, right }: Component): { height: number; width: number } {
  return { height: bottom - top, width: right - left };
}

/** An id from a thousand on is a thing of its own, however its pixels lie. */
function mergeInstances(
  { map, components }: { map: Int32Array; components: Component[] },
  truth: ArrayLike<number>,
  instanceIds: ArrayLike<number>,
  width: number,
): void {
  const things = new Map<number, number>();
  const counted = new Set<number>();
  map.forEach((component, pixel) => {
    const id = instanceIds[pixel];
    if (component < 0 || id < 1000) return;
    counted.add(component);
    if (!things.has(id)) {
      things.set(id, components.length);
      components.push(withoutPixels(truth[pixel]));
    }
    map[pixel] = things.get(id)!;
    extend(components[map[pixel]], Math.floor(pixel / width), pixel % width);
  });
  // What is left of them is what no thing was counted in, such as a crowd too far away to tell.
  for (const component of counted) components[component] = withoutPixels(components[component].value);
  map.forEach((component, pixel) => {
    if (counted.has(component)) extend(components[component], Math.floor(pixel / width), pixel % width);
  });
}

/** Takes a pixel into a component. */
function extend(component: Component, row: number, column: number): void {
  component.area += 1;
  component.top = Math.min(component.top, row);
  component.bottom = Math.max(component.bottom, row + 1);
  component.left = Math.min(component.left, column);
  component.right = Math.max(component.right, column + 1);
}

function withoutPixels(value: number): Component {
  const [top, left] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  return { value, area: 0, top, bottom: 0, left, right: 0 };
}

/** Scores of all things whose size lies in one bin. */
export interface SizeScore {
  /** From, and below; of the measure that was asked for. */
  from: number;
  below: number;
  /** Things that are there. */
  things: number;
  /** Share of their pixels that were found, 0 to 1; NaN where there is none. */
  recall: number;
  /** Intersection over union: what is predicted beside a thing counts in the thing's bin, an imagined one in its own. */
  iou: number;
}

/**
 * Gathers things by size.
 *
 * @param measure of a thing, such as its height or its area
 * @param edges ascending; n + 1 edges make n bins
 */
export function scoresBySize(
  scores: readonly ObjectScore[],
  measure: (score: ObjectScore) => number,
  edges: readonly number[],
): SizeScore[] {
  return edges.slice(1).map((below, index): SizeScore => {
    const from = edges[index];
    const inBin = scores.filter((score) => measure(score) >= from && measure(score) < below);
    const sum = (key: 'area' | 'found' | 'beside') => inBin.reduce((total, score) => total + score[key], 0);
    return {
      from,
      below,
      things: inBin.filter(({ area }) => area > 0).length,
      recall: sum('found') / sum('area'),
      iou: sum('found') / (sum('area') + sum('beside')),
    };
  });
}
