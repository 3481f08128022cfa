import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ModelError } from '../../errors';
import { type DownloadOptions, download, md5OfFile } from './download';

/** What `model.encoder.weights` may name beside a path. */
export const IMAGENET_WEIGHTS = 'vgg19-imagenet';

/** VGG19 as Keras publishes it (`keras/applications/vgg19.py`), trained on ImageNet, without its classifier; 80 MB. */
export const IMAGENET_SOURCE = {
  url: 'https://storage.googleapis.com/tensorflow/keras-applications/vgg19/vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5',
  md5: '253f8cb515780f3b799900260a226db6',
};

/** Shared by all projects of one person: `$XDG_CACHE_HOME/roadseg`, else `~/.cache/roadseg`. */
export function userCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'roadseg');
}

export interface ImagenetWeightsOptions extends Pick<DownloadOptions, 'onProgress' | 'retries'> {
  /** Where the file is kept. */
  folder?: string;
  source?: { url: string; md5: string };
}

/**
 * The published file, fetched the first time it is asked for.
 *
 * @returns its path
 * @throws ModelError when it cannot be fetched, saying where to put it by hand; or when it is there but altered
 */
export async function imagenetWeightsFile(options: ImagenetWeightsOptions = {}): Promise<string> {
  const { folder = userCacheFolder(), source = IMAGENET_SOURCE, ...progress } = options;
  const file = join(folder, source.url.slice(source.url.lastIndexOf('/') + 1));
  const byHand = `put the file of ${source.url} (MD5 ${source.md5}) at ${file}, or name another one in model.encoder.weights`;
  if (!existsSync(file)) await download(source.url, file, byHand, { md5: source.md5, ...progress });
  const found = await md5OfFile(file);
  if (found === source.md5) return file;
  throw new ModelError(`${file}: MD5 is ${found}, expected ${source.md5}`, `delete it and run again, or ${byHand}`);
}
