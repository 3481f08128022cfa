import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, parse, relative, resolve, sep } from 'node:path';
import sharp from 'sharp';
import { isPictureName } from '../data/picture';
import { DataError } from '../errors';

/** A picture to predict, and where its prediction goes. */
export interface PictureFile {
  picture: string;
  prediction: string;
}

/** How the files of predictions end. */
const ENDINGS = {
  mask: '_mask.png',
  overlay: '_overlay.png',
  cityscapes: '_labelIds.png',
  indices: '_indices.png',
};

/**
 * - `mask`: each class in its colour;
 * - `overlay`: that laid over the picture;
 * - `cityscapes`: label ids in one channel, each class as its best-known label, as cityscapesScripts wants predictions;
 * - `indices`: each class's place among those of the model, from 0, in one channel.
 */
export type PredictionFormat = keyof typeof ENDINGS;

/** Written into every prediction (EXIF's Software), so that it is not taken for a picture to predict. */
export const PREDICTION_MARK = 'roadseg prediction';

/**
 * The pictures that are meant, each with the file for its prediction: `<name>_mask.png`, folders below the pictures' folder
 * kept, where Cityscapes' `_leftImg8bit` is dropped from the name. Pictures that differ in that or in their ending alone keep
 * both, as in `<name>.jpg_mask.png`. In a folder, hidden files, earlier predictions and what lies below `out` are left out.
 *
 * @param path a picture, or a folder of them
 * @param out the predictions' folder
 * @throws DataError when there is no picture, two would still have one prediction, or a prediction would replace a picture
 */
export async function pictureFiles(path: string, out: string, format: PredictionFormat): Promise<PictureFile[]> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new DataError(`${path}: no such file or folder`, 'name a picture, or a folder of pictures');
  const names = stats.isDirectory() ? await picturesBelow(path, out) : [basename(path)];
  if (names.length === 0)
    throw new DataError(
      `${path}: holds no picture`,
      'name a folder with pictures (.png, .jpg, .webp, .tif, .avif, …) in or below it; predictions are not predicted again',
    );
  const files = distinctNames(names).map((name, index) => ({
    picture: stats.isDirectory() ? join(path, names[index]) : path,
    prediction: join(out, name + ENDINGS[format]),
  }));
  refuseOverwriting(files);
  return files;
}

/** Paths below the folder, in order. */
async function picturesBelow(folder: string, out: string): Promise<string[]> {
  const predictions = relative(realFolder(resolve(folder)), realFolder(resolve(out)));
  const isBelowOut = (file: string) => predictions !== '' && `${file}${sep}`.startsWith(`${predictions}${sep}`);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => isPictureName(file) && !isBelowOut(file) && !isHidden(file))
    .filter((file) => !statSync(join(folder, file), { throwIfNoEntry: false })?.isDirectory())
    .sort();
  const predicted = await Promise.all(files.map((file) => isPrediction(join(folder, file))));
  return files.filter((_, index) => !predicted[index]);
}

function isHidden(file: string): boolean {
  return file.split(sep).some((part) => part.startsWith('.'));
}

/** Whether it was written here; only files that are named so are opened. */
async function isPrediction(file: string): Promise<boolean> {
  if (!Object.values(ENDINGS).some((ending) => file.endsWith(ending))) return false;
  try {
    const { exif } = await sharp(file).metadata();
    return exif?.includes(PREDICTION_MARK) ?? false;
  } catch {
    // What cannot be read is told when its turn comes.
    return false;
  }
}

/** @returns the name for each file's prediction, without its ending: the file's own ending stays where it tells files apart. */
function distinctNames(files: readonly string[]): string[] {
  const short = files.map((file) => {
    const { dir, name } = parse(file);
    return join(dir, name.replace(/_leftImg8bit$/, ''));
  });
  const counts = new Map<string, number>();
  for (const name of short) counts.set(name, (counts.get(name) ?? 0) + 1);
  return short.map((name, index) => (counts.get(name) === 1 ? name : files[index]));
}

/** Before anything is predicted: each has a file of its own, which is none of the pictures. */
function refuseOverwriting(files: readonly PictureFile[]): void {
  const remedy = 'rename one of them';
  const byPrediction = new Map<string, string>();
  for (const { picture, prediction } of files) {
    const other = byPrediction.get(prediction);
    if (other) throw new DataError(`${other} and ${picture}: both would be predicted into ${prediction}`, remedy);
    byPrediction.set(prediction, picture);
  }
  const pictures = new Map(files.map(({ picture }) => [placeOf(picture), picture]));
  for (const { picture, prediction } of files) {
    const replaced = pictures.get(placeOf(prediction));
    if (replaced)
      throw new DataError(
        `${replaced}: is a picture to predict, and the prediction of ${picture} would replace it`,
        'choose another folder for the predictions (--out), or rename one of them',
      );
  }
}

/** One path for one place: its folder may have several by links. */
function placeOf(file: string): string {
  return join(realFolder(dirname(resolve(file))), basename(file));
}

/** @returns the folder without links, also where the last parts of it have yet to be made */
function realFolder(folder: string): string {
  if (existsSync(folder)) return realpathSync(folder);
  return join(realFolder(dirname(folder)), basename(folder));
}
