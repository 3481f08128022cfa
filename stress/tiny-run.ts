/** The smallest training there is, for tests that break it: scenes of 32 pixels, a U-Net of a sixteenth of the width. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openRun, type Run } from '../src/experiment/run-folder';

export interface TinyRunOptions {
  epochs?: number;
  compile?: boolean;
  autotune?: boolean;
  seed?: number;
  learningRate?: number;
  /** Training scenes; three make a batch, and the rest of an epoch another one. */
  scenes?: number;
}

/** Opens a run of that name below a folder; all runs there share one set of scenes. */
export function tinyRun(folder: string, name: string, options: TinyRunOptions = {}): Run {
  const { epochs = 4, compile = false, autotune = true, seed = 3, learningRate = 0.001, scenes = 8 } = options;
  const file = join(folder, `${name}.yaml`);
  const synthetic = { seed: 1, width: 64, height: 32, scenes: { train: Math.max(scenes, 8), validation: 2, test: 0 } };
  const experiment = {
    name: 'tiny',
    folder: join(folder, name),
    notebooks: ['none.ipynb'],
    seed,
    data: { source: 'synthetic', size: 32, root: join(folder, 'scenes'), synthetic, limit: { train: scenes } },
    model: { width: 1 / 16 },
    training: { epochs, batchSize: 3, learningRate },
    execution: { compile, autotune },
  };
  writeFileSync(file, stringify(experiment));
  return openRun(file);
}
