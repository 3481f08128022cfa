import { type RgbPicture, readPicture } from '../data/picture';
import { mostLikely, sharesOf } from '../evaluation/pixel-classes';
import type { Segmenter, SegmenterOptions } from '../evaluation/segmenter';
import { loadSegmenter } from './load-segmenter';

/** What a model makes of a picture. */
export interface PicturePrediction {
  /** In pixels, those of the picture. */
  width: number;
  height: number;
  /** Most likely group of each pixel, an index of `groupNames`, [height, width]. */
  groups: Uint8Array;
  groupNames: readonly string[];
  /** Share of the picture that each group takes, 0 to 1; together 1. */
  areas: Readonly<Record<string, number>>;
  /** Of each group at each pixel, [height, width, groups], those of a pixel sum to 1; if asked for. */
  probabilities?: Float32Array;
}

export interface PredictOptions extends Partial<SegmenterOptions> {
  /** Whether to give the probabilities too: 32 bytes per pixel. */
  probabilities?: boolean;
}

/**
 * Predicts the group of every pixel of a picture of any size.
 *
 *     const { groups, areas } = await predictPicture('street.png', 'results/camvid-base-2bacbbe2');
 *
 * The model sees the picture through the windows of its run's evaluation (`evaluation.window`): squares, by default as high
 * as the picture and overlapping by half, at the size it was trained on. For many pictures load it once, by
 * `loadSegmenter`, and give the segmenter in place of the folder.
 *
 * @param picture a file (PNG, JPEG, WebP, TIFF, AVIF, GIF), or its pixels
 * @param model a run's folder, for its best checkpoint, a checkpoint's, or a segmenter, which then brings its own options
 * @throws DataError for a file that is no picture, ModelError for a folder without a model that segments
 */
export async function predictPicture(
  picture: string | RgbPicture,
  model: string | Segmenter,
  { probabilities: wanted = false, ...options }: PredictOptions = {},
): Promise<PicturePrediction> {
  const pixels = typeof picture === 'string' ? await readPicture(picture) : picture;
  if (typeof model === 'string') {
    const { segmenter, dispose } = loadSegmenter(model, options);
    try {
      return await predictPicture(pixels, segmenter, { probabilities: wanted });
    } finally {
      dispose();
    }
  }
  const { width, height } = pixels;
  const probabilities = wanted ? await model.probabilities(pixels) : undefined;
  const groups = probabilities ? mostLikely(probabilities, model.classSet.classes.length) : await model.predict(pixels);
  const groupNames = model.classSet.classes.map(({ name }) => name);
  const shares = sharesOf(groups, groupNames.length);
  const areas = Object.fromEntries(groupNames.map((name, group) => [name, shares[group]]));
  return { width, height, groups, groupNames, areas, probabilities };
}
