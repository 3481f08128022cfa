/** Draws a few scenes and prepares them, as one of several processes: `bun prepare-process.ts <folder>`. */
import { join } from 'node:path';
import { PreparedScenes } from '../src/data/sample-source';
import { openCityscapes } from '../src/data/sources/cityscapes';
import { writeSyntheticCityscapes } from '../src/data/sources/synthetic-files';

const folder = process.argv[2];
const root = join(folder, 'scenes');
await writeSyntheticCityscapes(root, { seed: 1, width: 64, height: 32, scenes: { train: 6, validation: 0, test: 0 } });
const dataset = openCityscapes(root);
const prepared = new PreparedScenes(dataset, dataset.splits.train, 32, join(folder, 'cache'));
const samples = await Promise.all(Array.from({ length: prepared.length }, (_, index) => prepared.read(index)));
console.log(Bun.hash(Buffer.concat(samples.flatMap(({ image, labelIds }) => [image, labelIds]))).toString(16));
