import { readdirSync, statSync } from 'node:fs';
import { join, parse, relative } from 'node:path';
import sharp from 'sharp';
import { labelIdByGroupIndex } from '../data/labels';
import { type RgbPicture, readPicture } from '../data/picture';
import { DataError } from '../errors';
import { loadSegmenter, type SegmenterOptions } from '../evaluation/segmenter';
import { writeFile } from '../experiment/write-file';
import { blend, labelMaskImage } from './rgb-image';

/**
 * - `mask`: each group in its colour;
 * - `overlay`: that laid over the picture;
 * - `cityscapes`: label ids in one channel, each group as its best-known label, as cityscapesScripts wants predictions.
 */
export const PREDICTION_FORMATS = ['mask', 'overlay', 'cityscapes'] as const;
export type PredictionFormat = (typeof PREDICTION_FORMATS)[number];

export interface PredictPicturesOptions extends Partial<SegmenterOptions> {
  format?: PredictionFormat;
  /** Where the predictions go; folders below the pictures' folder are kept. */
  out: string;
  onPicture?: (done: number, total: number, file: string) => void;
}

const ENDINGS: Readonly<Record<PredictionFormat, string>> = {
  mask: '_mask.png',
  overlay: '_overlay.png',
  cityscapes: '_labelIds.png',
};

/**
 * Predicts a picture, or all pictures (PNG, JPEG) of a folder and those below it, each in its own size.
 *
 * @param pictures a file or a folder
 * @param run a run's folder, for its best checkpoint, or a checkpoint's
 * @returns the files written: `<name>_mask.png`, `<name>_overlay.png` or `<name>_labelIds.png`, where Cityscapes'
 *   `_leftImg8bit` is dropped from the name
 * @throws DataError when there is no picture or one cannot be read, ModelError when the run has no usable checkpoint
 */
export async function predictPictures(
  pictures: string,
  run: string,
  { format = 'mask', out, onPicture, ...options }: PredictPicturesOptions,
): Promise<string[]> {
  const files = pictureFiles(pictures);
  const { segmenter, dispose } = loadSegmenter(run, options);
  try {
    const written: string[] = [];
    for (const { path, name } of files) {
      const picture = await readPicture(path);
      const file = join(out, name.replace(/_leftImg8bit$/, '') + ENDINGS[format]);
      writeFile(file, await predictionPng(picture, await segmenter.predict(picture), format));
      written.push(file);
      onPicture?.(written.length, files.length, file);
    }
    return written;
  } finally {
    dispose();
  }
}

/**
 * @param groups predicted group of each pixel, an index of GROUP_NAMES, [height, width]
 * @returns a PNG of the picture's size
 */
export function predictionPng(picture: RgbPicture, groups: Uint8Array, format: PredictionFormat): Promise<Buffer> {
  const { width, height } = picture;
  if (format === 'cityscapes') {
    const labelIds = labelIdByGroupIndex();
    const values = groups.map((group) => labelIds[group]);
    return sharp(values, { raw: { width, height, channels: 1 } })
      .toColourspace('b-w')
      .png()
      .toBuffer();
  }
  const mask = labelMaskImage(groups, width, height);
  const { pixels } = format === 'mask' ? mask : blend(picture, mask);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** The pictures, each with its path below the folder, without its ending. */
function pictureFiles(path: string): { path: string; name: string }[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new DataError(`${path}: no such file or folder`, 'name a picture, or a folder of pictures');
  if (!stats.isDirectory()) return [{ path, name: parse(path).name }];
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(png|jpe?g)$/i.test(file))
    .sort()
    .map((file) => join(path, file));
  if (files.length === 0)
    throw new DataError(`${path}: holds no picture`, 'name a folder with .png, .jpg or .jpeg files in or below it');
  return files.map((file) => {
    const { dir, name } = parse(relative(path, file));
    return { path: file, name: join(dir, name) };
  });
}
