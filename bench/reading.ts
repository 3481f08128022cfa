/**
 * `bun run bench:reading`: how many pictures per second are read from a data set of Cityscapes' size, in the first epoch
 * (decoded, cropped, resized) and in later ones (from the cache), and how long each part of the first takes. Draws its
 * pictures, 2048x1024 in Cityscapes' layout, unless it is given a real root.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import sharp from 'sharp';
import { batches } from '../src/data/batches';
import { scenesOf } from '../src/data/dataset';
import { prepareScene } from '../src/data/prepare-scene';
import { PreparedScenes } from '../src/data/sample-source';
import { openCityscapes } from '../src/data/sources/cityscapes';
import { writeSyntheticCityscapes } from '../src/data/sources/synthetic-files';
import { groupIndexByLabelId } from '../src/labels';
import { toMarkdown } from '../src/tables/tables';
import { machine } from './results';

interface ReadingOptions {
  root?: string;
  scenes: number;
  size: number;
  batch: number;
}

/** Images per second of an action that goes through so many. */
async function rate(images: number, action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return images / ((performance.now() - started) / 1000);
}

async function main({ root, scenes: wanted, size, batch: batchSize }: ReadingOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'roadseg-reading-'));
  try {
    const drawn = { seed: 1, width: 2048, height: 1024, scenes: { train: wanted, validation: 0, test: 0 } };
    if (!root) await writeSyntheticCityscapes(join(folder, 'scenes'), drawn);
    const dataset = openCityscapes(root ?? join(folder, 'scenes'));
    const scenes = scenesOf(dataset, 'train', wanted);
    const source = new PreparedScenes(dataset, scenes, size, join(folder, 'cache'));
    const options = { batchSize, preprocessing: 'tf', classOfLabelId: groupIndexByLabelId() } as const;
    const epoch = async () => {
      for await (const _ of batches(source, options));
    };
    // The files are in the system's memory after this, as after a first look at a disk: the processor is what is measured.
    for (const { image, mask } of scenes) for (const file of [image, mask]) readFileSync(file);
    const decode = async (files: string[]) => Promise.all(files.map((file) => sharp(file).raw().toBuffer()));
    const rates: [string, number][] = [
      ['first epoch: decoded, cropped, resized, cached', await rate(scenes.length, epoch)],
      ['later epochs: from the cache', await rate(scenes.length, epoch)],
      ['decoding the pictures alone', await rate(scenes.length, () => decode(scenes.map(({ image }) => image)))],
      ['decoding the masks alone', await rate(scenes.length, () => decode(scenes.map(({ mask }) => mask)))],
      [
        'preparing one scene after the other',
        await rate(scenes.length, async () => {
          for (const scene of scenes) await prepareScene(scene, size, dataset);
        }),
      ],
    ];
    const megabytes = scenes.reduce((sum, { image }) => sum + statSync(image).size, 0) / scenes.length / 2 ** 20;
    const { cpu, cores, load } = machine();
    const rows = rates.map(([what, value]) => [what, value.toFixed(1)]);
    process.stdout.write(`${scenes.length} scenes of ${root ?? 'generated streets'} (${megabytes.toFixed(1)} MiB a picture) to ${size}x${size}, batches of ${batchSize};
${cpu}, ${cores} cores; load before ${load[0].toFixed(1)}.

${toMarkdown({ header: ['', 'images per second'], rows, text: [0] })}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

new Command('reading')
  .description('Measures how fast pictures of 2048x1024 are read, the first time and from the cache.')
  .option('--root <folder>', 'a real Cityscapes; without it pictures are drawn')
  .option('--scenes <count>', 'so many of the training split', Number, 64)
  .option('--size <pixels>', 'side of the prepared square', Number, 256)
  .option('--batch <count>', 'scenes per batch', Number, 32)
  .action(main)
  .parseAsync();
