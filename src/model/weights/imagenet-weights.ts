import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ModelError } from '../../errors';
import type { EncoderName } from '../encoders';
import { type DownloadOptions, download, md5OfFile } from './download';

const KERAS = 'https://storage.googleapis.com/tensorflow/keras-applications';
const FILE = 'weights_tf_dim_ordering_tf_kernels_notop.h5';

interface ImagenetSource {
  url: string;
  md5: string;
}

/**
 * What `model.encoder.weights` may name beside a path: the encoders as Keras publishes them (`keras/applications`), trained on
 * ImageNet, without their classifier; 59, 80 and 94 MB.
 */
export const IMAGENET_SOURCES = {
  'vgg16-imagenet': { url: `${KERAS}/vgg16/vgg16_${FILE}`, md5: '6d6bbae143d832006294945121d1f1fc' },
  'vgg19-imagenet': { url: `${KERAS}/vgg19/vgg19_${FILE}`, md5: '253f8cb515780f3b799900260a226db6' },
  'resnet50-imagenet': { url: `${KERAS}/resnet/resnet50_${FILE}`, md5: '4d473c1dd8becc155b73f8504c6f6626' },
} satisfies Partial<Record<`${EncoderName}-imagenet`, ImagenetSource>>;

export function isImagenet(nameOrPath: string): nameOrPath is keyof typeof IMAGENET_SOURCES {
  return Object.keys(IMAGENET_SOURCES).includes(nameOrPath);
}

/** Shared by all projects of one person: `$XDG_CACHE_HOME/roadseg`, else `~/.cache/roadseg`. */
export function userCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'roadseg');
}

export interface ImagenetWeightsOptions extends Pick<DownloadOptions, 'onProgress'> {
  /** Where the file is kept. */
  folder?: string;
  source?: ImagenetSource;
}

/**
 * The published file, fetched the first time it is asked for.
 *
 * @returns its path
 * @throws ModelError when it cannot be fetched, saying where to put it by hand; or when it is there but altered
 */
export async function imagenetWeightsFile(options: ImagenetWeightsOptions = {}): Promise<string> {
  const { folder = userCacheFolder(), source = IMAGENET_SOURCES['vgg19-imagenet'], ...progress } = options;
  const file = join(folder, source.url.slice(source.url.lastIndexOf('/') + 1));
  const byHand = `put the file of ${source.url} (MD5 ${source.md5}) at ${file}, or name another one in model.encoder.weights`;
  if (!existsSync(file)) await download(source.url, file, byHand, { md5: source.md5, ...progress });
  const found = await md5OfFile(file);
  if (found === source.md5) return file;
  throw new ModelError(`${file}: MD5 is ${found}, expected ${source.md5}`, `delete it and run again, or ${byHand}`);
}
