import path from 'node:path';
import { z } from 'zod';
import type { ClassSet } from '../data/classes/class-set';
import { thingClasses } from '../data/classes/things';
import { type BoundaryCounts, boundaryCounts, distanceToBoundary, type TrimapCounts, trimapCounts } from './boundary';
import { type ObjectScene, type ObjectScore, objectScores } from './object-scores';
import { readSceneLines, writeSceneLines } from './scene-lines';

/** How the small things and the boundaries of a scene were predicted. */
export interface SceneThings {
  name: string;
  /** Of the maps that were compared, in pixels. */
  width: number;
  height: number;
  things: ObjectScore[];
  trimap: TrimapCounts;
  /** One for each class. */
  boundary: BoundaryCounts[];
}

export interface SmallThings {
  /** Names of the classes, by index. */
  classes: readonly string[];
  scenes: readonly SceneThings[];
}

/** @param classSet what `scene` holds */
export function thingsOfScene(name: string, scene: ObjectScene, classSet: ClassSet): SceneThings {
  const { width, height } = scene;
  const distances = distanceToBoundary(scene.truth, { width, height });
  return {
    name,
    width,
    height,
    things: objectScores(scene, thingClasses(classSet)),
    trimap: trimapCounts(scene, distances),
    boundary: boundaryCounts(scene, distances, classSet.classes.length),
  };
}

/** Name of the file in an evaluation's folder. */
export const SMALL_THINGS_FILE = 'small-things.jsonl';

const VERSION = 1;
const count = z.number().int().nonnegative();
const header = z.object({ version: z.literal(VERSION), classes: z.array(z.string()).min(1) });
const line = z.object({
  scene: z.string(),
  size: z.tuple([count, count]),
  /** Of each thing: class, area, found, beside, height, width. */
  things: z.array(z.tuple([count, count, count, count, count, count])),
  trimap: z.object({ right: z.array(count), pixels: z.array(count) }),
  /** Of each class: intersection, union. */
  boundary: z.array(z.tuple([count, count])),
});

/** Writes lines of JSON: the names of the classes, then one scene per line. */
export function writeSmallThings(folder: string, { classes, scenes }: SmallThings): void {
  const lines = scenes.map(({ name, width, height, things, trimap, boundary }) => {
    const rows = things.map((thing) => [thing.class, thing.area, thing.found, thing.beside, thing.height, thing.width]);
    const bands = boundary.map(({ intersection, union }) => [intersection, union]);
    return { scene: name, size: [width, height], things: rows, trimap, boundary: bands };
  });
  writeSceneLines(path.join(folder, SMALL_THINGS_FILE), { header: { version: VERSION, classes }, lines });
}

/**
 * Reads back what {@link writeSmallThings} wrote.
 *
 * @throws RunError when the file is missing, or names the line that is not as it should be
 */
export function readSmallThings(folder: string): SmallThings {
  const file = path.join(folder, SMALL_THINGS_FILE);
  const {
    header: { classes },
    lines,
  } = readSceneLines(file, { header, line });
  const scenes = lines.map(({ scene, size, things, trimap, boundary }): SceneThings => {
    return {
      name: scene,
      width: size[0],
      height: size[1],
      things: things.map((thing) => {
        const [ofClass, area, found, beside, height, width] = thing;
        return { class: ofClass, area, found, beside, height, width };
      }),
      trimap,
      boundary: boundary.map(([intersection, union]) => ({ intersection, union })),
    };
  });
  return { classes, scenes };
}

/** All things of one class of all scenes. */
export function thingsOfClass({ classes, scenes }: SmallThings, name: string): ObjectScore[] {
  const index = classes.indexOf(name);
  return scenes.flatMap(({ things }) => things.filter((thing) => thing.class === index));
}

/** The counts of all scenes together. */
export function boundariesOf({ classes, scenes }: SmallThings): { trimap: TrimapCounts; boundary: BoundaryCounts[] } {
  const sum = (values: readonly (readonly number[])[]) =>
    values[0].map((_, index) => values.reduce((total, each) => total + each[index], 0));
  return {
    trimap: {
      right: sum(scenes.map(({ trimap }) => trimap.right)),
      pixels: sum(scenes.map(({ trimap }) => trimap.pixels)),
    },
    boundary: classes.map((_, index) => ({
      intersection: scenes.reduce((total, { boundary }) => total + boundary[index].intersection, 0),
      union: scenes.reduce((total, { boundary }) => total + boundary[index].union, 0),
    })),
  };
}
