import sharp from 'sharp';
import type { ClassSet } from '../data/classes/class-set';
import { type RgbPicture, readPicture } from '../data/picture';
import { DataError, ModelError } from '../errors';
import type { SegmenterOptions } from '../evaluation/segmenter';
import { writeFile } from '../files/write-file';
import { blend, labelMaskImage } from '../report/drawing/rgb-image';
import { loadSegmenter } from './load-segmenter';
import { PREDICTION_MARK, type PredictionFormat, pictureFiles } from './picture-files';

export interface PredictPicturesOptions extends Partial<SegmenterOptions> {
  format?: PredictionFormat;
  /** Where the predictions go; folders below the pictures' folder are kept. */
  out: string;
  listener?: PredictionListener;
}

/** Told how far it is; each picture is told of as predicted or as failed. */
export interface PredictionListener {
  /** A large picture is predicted in several steps. */
  onStep?(picture: string, done: number, total: number): void;
  onPredicted?(prediction: string, done: number, total: number): void;
  onFailed?(failure: PictureFailure, done: number, total: number): void;
}

/** A picture that could not be read, and why. */
export interface PictureFailure {
  picture: string;
  error: DataError;
}

/**
 * Predicts a picture, or all pictures of a folder and those below it, each in its own size. In a folder, one that cannot be
 * read does not keep the others from being predicted.
 *
 * @param pictures a file or a folder
 * @param run a run's folder, for its best checkpoint, or a checkpoint's
 * @returns the files written, named as {@link pictureFiles} says, and the pictures of the folder that could not be read
 * @throws DataError when there is no picture, the one named cannot be read, or predictions would replace each other or a
 *   picture; ModelError when the run has no usable checkpoint; RunError when a prediction cannot be written
 */
export async function predictPictures(
  pictures: string,
  run: string,
  { format = 'mask', out, listener = {}, ...options }: PredictPicturesOptions,
): Promise<{ predictions: string[]; failures: PictureFailure[] }> {
  const files = await pictureFiles(pictures, out, format);
  const { segmenter, dispose } = loadSegmenter(run, options);
  const predictions: string[] = [];
  const failures: PictureFailure[] = [];
  try {
    for (const [index, { picture, prediction }] of files.entries()) {
      try {
        const pixels = await readPicture(picture);
        const groups = await segmenter.predict(pixels, (done, total) => listener.onStep?.(picture, done, total));
        writeFile(prediction, await predictionPng(pixels, groups, segmenter.classSet, format));
        predictions.push(prediction);
        listener.onPredicted?.(prediction, index + 1, files.length);
      } catch (error) {
        if (!(error instanceof DataError) || picture === pictures) throw error;
        failures.push({ picture, error });
        listener.onFailed?.({ picture, error }, index + 1, files.length);
      }
    }
  } finally {
    dispose();
  }
  return { predictions, failures };
}

/**
 * @param predicted class of each pixel, an index into those of `classSet`, [height, width]
 * @throws ModelError when label ids of Cityscapes are asked for and the classes are others
 * @returns a PNG of the picture's size
 */
export function predictionPng(
  picture: RgbPicture,
  predicted: Uint8Array,
  classSet: ClassSet,
  format: PredictionFormat,
): Promise<Buffer> {
  const { width, height } = picture;
  const marked = (values: Uint8Array, channels: 1 | 3) =>
    sharp(values, { raw: { width, height, channels } })
      .withExif({ IFD0: { Software: PREDICTION_MARK } })
      .png();
  const grey = (values: Uint8Array) => marked(values, 1).toColourspace('b-w').toBuffer();
  if (format === 'indices') return grey(predicted);
  if (format === 'cityscapes') {
    const labelIds = classSet.labelIdOfClass ?? notOfCityscapes(classSet);
    return grey(predicted.map((each) => labelIds[each]));
  }
  const mask = labelMaskImage(predicted, { width, height }, classSet.classes);
  const { pixels } = format === 'mask' ? mask : blend(picture, mask);
  return marked(pixels, 3).toBuffer();
}

function notOfCityscapes({ name, classes }: ClassSet): never {
  throw new ModelError(
    `the classes of ${name} (${classes.map((each) => each.name).join(', ')}) are no labels of Cityscapes`,
    'ask for --format indices, or for --mask',
  );
}
