import type { RgbPicture } from '../../data/picture';

/** A photo as it is shown: turned upright and, if it is very large, made smaller. */
export interface Photo extends RgbPicture {
  /** For drawing it: RGBA. */
  image: ImageData;
  name: string;
}

/** As many pixels as a scene of Cityscapes has. More would show nothing more, and take a phone's memory. */
const MAXIMUM_PIXELS = 2048 * 1024;

/** @throws Error for what this browser cannot read as a picture */
export async function readPhoto(file: Blob, name: string): Promise<Photo> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    throw new Error(`${name} is no picture that this browser can read.`);
  }
  const shrink = Math.min(1, Math.sqrt(MAXIMUM_PIXELS / (bitmap.width * bitmap.height)));
  const width = Math.max(1, Math.floor(bitmap.width * shrink));
  const height = Math.max(1, Math.floor(bitmap.height * shrink));
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false })!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const image = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1)
    for (let channel = 0; channel < 3; channel += 1) pixels[pixel * 3 + channel] = image.data[pixel * 4 + channel];
  return { width, height, pixels, image, name };
}
