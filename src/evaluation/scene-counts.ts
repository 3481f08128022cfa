import path from 'node:path';
import { z } from 'zod';
import { MAXIMUM_LABEL_ID } from '../labels';
import { readSceneLines, writeSceneLines, wrongLine } from './scene-lines';

/** What was predicted for each scene of a set, counted scene by scene: what intervals are computed from. */
export interface SceneCounts {
  /** Names of the predicted classes. */
  classes: readonly string[];
  /** In the order of evaluation. */
  scenes: readonly {
    name: string;
    /** Pixels of each (true label id, predicted class) pair: `counts[labelId * classes.length + class]`. */
    counts: Float64Array;
  }[];
}

/** Name of the file in a run folder. */
export const SCENE_COUNTS_FILE = 'scene-counts.jsonl';

const VERSION = 1;
const CITYSCAPES_LABELS = MAXIMUM_LABEL_ID + 1;
const count = z.number().int().nonnegative();
const header = z.object({
  version: z.literal(VERSION),
  classes: z.array(z.string()).min(1),
  /** How many label ids there are; those of Cityscapes when absent. */
  labels: z.number().int().min(1).max(256).optional(),
});
/** A row is a true label id, then a predicted class and its pixels, again and again; what is 0 is left out. */
const row = z.array(count).min(3);
const line = z.object({ scene: z.string(), rows: z.array(row) });

/**
 * Writes the counts as lines of JSON: first what the numbers mean, then one scene per line, such as
 * `{"scene":"ulm_000000_000019","rows":[[7,1,3120,6,14],[24,6,80]]}`, where of road (7) 3120 pixels were predicted as the
 * class 1 and 14 as the class 6. About 0.5 kB per scene.
 */
export function writeSceneCounts(folder: string, { classes, scenes }: SceneCounts): void {
  const labels = scenes.length > 0 ? scenes[0].counts.length / classes.length : CITYSCAPES_LABELS;
  const lines = scenes.map(({ name, counts }) => {
    const rows: number[][] = [];
    for (let labelId = 0; labelId < labels; labelId += 1) {
      const pairs = classes.flatMap((_, index) => {
        const pixels = counts[labelId * classes.length + index];
        return pixels > 0 ? [index, pixels] : [];
      });
      if (pairs.length > 0) rows.push([labelId, ...pairs]);
    }
    return { scene: name, rows };
  });
  writeSceneLines(path.join(folder, SCENE_COUNTS_FILE), {
    header: { version: VERSION, classes, ...(labels !== CITYSCAPES_LABELS && { labels }) },
    lines,
  });
}

/**
 * Reads back what {@link writeSceneCounts} wrote.
 *
 * @throws RunError when the file is missing, or names the line that is not as it should be
 */
export function readSceneCounts(folder: string): SceneCounts {
  const file = path.join(folder, SCENE_COUNTS_FILE);
  const {
    header: { classes, labels = CITYSCAPES_LABELS },
    lines,
  } = readSceneLines(file, { header, line });
  const scenes = lines.map(({ scene, rows }, index) => {
    const counts = new Float64Array(labels * classes.length);
    for (const [labelId, ...pairs] of rows) {
      for (let at = 0; at < pairs.length; at += 2) {
        const [predicted, pixels] = [pairs[at], pairs[at + 1]];
        if (labelId >= labels || predicted >= classes.length || pixels === undefined)
          throw wrongLine(file, index + 2, `its row ${JSON.stringify([labelId, ...pairs])} is out of range`);
        counts[labelId * classes.length + predicted] = pixels;
      }
    }
    return { name: scene, counts };
  });
  return { classes, scenes };
}
