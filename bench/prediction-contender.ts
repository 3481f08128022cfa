/** A contender of `bun run bench:prediction`: this project predicts a whole picture in windows. Arguments: width, height, precision. */
import { createInterface } from 'node:readline';
import type { RgbPicture } from '../src/data/picture';
import { Segmenter } from '../src/evaluation/segmenter';
import { GROUP_NAMES } from '../src/labels';
import { buildModel } from '../src/model/build-model';
import type { ModelDescription } from '../src/model/model-description';
import { type Execution, executionSchema } from '../src/tensorflow/execution';
import { tensorFlowRuntime } from '../src/tensorflow/tensorflow';
import { peakMemoryMiB } from './peak-memory';

async function main(width: number, height: number, precision: Execution['precision']): Promise<void> {
  const description: ModelDescription = {
    task: 'segmentation',
    classes: [...GROUP_NAMES],
    size: 64,
    width: 1,
    batchNorm: true,
    preprocessing: 'tf',
  };
  const started = performance.now();
  const execution = executionSchema.parse({ precision });
  const segmenter = new Segmenter(buildModel(description, 1), description, { execution });
  const seconds = (performance.now() - started) / 1000;
  const picture: RgbPicture = { width, height, pixels: new Uint8Array(width * height * 3) };
  picture.pixels.forEach((_, index) => {
    picture.pixels[index] = (index * 2654435761) >>> 24;
  });
  const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
  say({ ready: `TensorFlow ${tensorFlowRuntime().version}`, seconds, parameters: 0 });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'end') break;
    const began = performance.now();
    const classes = await segmenter.predict(picture);
    say({ seconds: (performance.now() - began) / 1000, value: classes[classes.length >> 1] });
  }
  say({ memory: peakMemoryMiB() });
}

main(Number(process.argv[2]), Number(process.argv[3]), process.argv[4] as Execution['precision']);
