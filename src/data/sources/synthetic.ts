import { join } from 'node:path';
import { z } from 'zod';
import { shortHash } from '../../configuration/canonical-json';
import { positiveInteger, seed } from '../../configuration/numbers';
import { CACHE_FOLDER } from '../../files/content-hash';
import { LABELS } from '../../labels';
import { GENERATOR_VERSION } from '../../streets/scene';
import type { Dataset } from '../dataset';
import { CITYSCAPES_MASK_VALUES } from './cityscapes';
import type { Source, SourceOptions } from './source';
import { syntheticScenes, writeSyntheticCityscapes } from './synthetic-files';
import { requireStreetFolder } from './synthetic-folder';

const sceneCounts = z.strictObject({
  train: z.number().int().nonnegative().default(48),
  validation: z.number().int().nonnegative().default(32),
  test: z.number().int().nonnegative().default(64),
});

/** The generator of street scenes; used when `source` is `synthetic`. */
const options = z
  .strictObject({
    seed: seed.default(1),
    /** Pixels of a generated picture, twice as wide as high as in Cityscapes. */
    width: positiveInteger.default(512),
    height: positiveInteger.default(256),
    scenes: sceneCounts.prefault({}),
  })
  .prefault({});

export interface SyntheticOptions extends SourceOptions {
  synthetic?: z.infer<typeof options>;
}

/** Generated streets in the layout of Cityscapes; where they are missing they are drawn, into the cache if there is no root. */
export const synthetic = {
  options,
  async open({ root, synthetic = options.parse({}) }, events) {
    const folder =
      root ?? join(CACHE_FOLDER, 'synthetic', shortHash({ ...synthetic, generator: GENERATOR_VERSION }, 16));
    await writeSyntheticCityscapes(folder, synthetic, events);
    return streets(folder, synthetic);
  },
  preview({ root, synthetic = options.parse({}) }) {
    if (root !== null) requireStreetFolder(root, synthetic);
    return streets(root ?? '', synthetic);
  },
} satisfies Source<SyntheticOptions>;

function streets(root: string, { scenes }: z.infer<typeof options>): Dataset {
  return {
    title: 'Synthetic streets',
    root,
    splits: syntheticScenes(root, scenes),
    remedy: (split) => `data.synthetic.scenes.${split} is 0: ask for some, or choose another split (evaluation.split)`,
    labels: LABELS,
    labelIdOfMaskValue: CITYSCAPES_MASK_VALUES,
  };
}
