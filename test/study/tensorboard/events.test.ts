import { afterAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { crc32c, EventFile } from '../../../src/study/tensorboard/event-file';
import { histogram } from '../../../src/study/tensorboard/histogram';
import { TensorBoardEvents } from '../../../src/study/tensorboard/training-events';
import { tf } from '../../../src/tensorflow/tensorflow';
import { temporaryFolder } from '../../data/fixtures';
import { pythonWithExtra } from '../../publishing/python';
import { describeUnless } from '../../skipping';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('the checksum is CRC-32C', () => {
  // The check value of the catalogue of CRCs, and 32 zeros of RFC 3720, B.4.
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
});

test('a histogram counts every value once, between limits', () => {
  const { bucketLimit, bucket, ...moments } = histogram(Float32Array.of(-2, 0.5, 0.5, 3));
  expect(moments).toEqual({ min: -2, max: 3, num: 4, sum: 2, sumSquares: 13.5 });
  expect(bucket.reduce((sum, count) => sum + count, 0)).toBe(4);
  const limitOf = (count: number) => bucketLimit[bucket.indexOf(count)];
  // Both halves lie in one bucket, whose limit is at most 1.25 times as far.
  expect(limitOf(2)).toBeGreaterThan(0.5);
  expect(limitOf(2)).toBeLessThanOrEqual(0.625);
  expect(bucketLimit.at(-1)).toBeGreaterThan(3);
  expect([...bucketLimit].sort((a, b) => a - b)).toEqual(bucketLimit);
  // One before -2, -2 itself, a run of empty ones, 0.5, a run of empty ones, 3.
  expect(bucket).toEqual([0, 1, 0, 2, 0, 1]);
});

const python = await pythonWithExtra('tensorboard');

/** What TensorBoard itself makes of a folder of event files. */
function accumulated(events: string) {
  const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
found = EventAccumulator(sys.argv[1], size_guidance={'scalars': 0, 'histograms': 0, 'images': 0, 'tensors': 0})
found.Reload()
tags = found.Tags()
print(json.dumps({
  'scalars': {tag: [[each.step, each.value] for each in found.Scalars(tag)] for tag in tags['scalars']},
  'histograms': {tag: [[each.step, each.histogram_value.num, each.histogram_value.min, each.histogram_value.max] for each in found.Histograms(tag)] for tag in tags['histograms']},
  'images': {tag: [[each.step, each.width, each.height, len(each.encoded_image_string)] for each in found.Images(tag)] for tag in tags['images']},
}))`;
  const { exitCode, stdout, stderr } = Bun.spawnSync([python!, '-c', script, events], { stderr: 'pipe' });
  if (exitCode !== 0) throw new Error(stderr.toString());
  return JSON.parse(stdout.toString());
}

describeUnless(!python && 'it cannot be installed, see above', 'read by TensorBoard', () => {
  const record = (epoch: number, trainingLoss: number) => ({
    ...{ epoch, trainingLoss, learningRate: 0.5, validationLoss: 0.25, validationAccuracy: 0.75, seconds: 2 },
    best: true,
  });
  // Rows: 3 of class a found, 1 taken for b; 2 of b found, 2 taken for a. IoU of a 3 / 6, of b 2 / 5; c is nowhere.
  const confusion = Float64Array.of(3, 1, 0, 2, 2, 0, 0, 0, 0);

  test('a training, interrupted after its second epoch and taken up there', () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [3], name: 'd' })] });
    model.layers[0].setWeights([tf.tensor2d([-1, 0, 1, 2, 3, 4], [3, 2]), tf.zeros([2])]);
    const trained = { model, classes: ['a', 'b', 'c'], epochs: 3 };
    const events = join(folder, 'training');
    const first = new TensorBoardEvents(events, trained);
    for (const epoch of [1, 2, 3]) {
      tf.tidy(() => first.gradientsOf(epoch)?.({ 'd/kernel': tf.tensor1d([-epoch, 0, epoch]) }));
      first.epoch(record(epoch, epoch), { confusion });
    }
    // Its third epoch was never saved, so it is done again and counts as it was then.
    new TensorBoardEvents(events, trained).epoch(record(3, 30), { confusion });
    const { scalars, histograms } = accumulated(events);
    expect(scalars['loss/training']).toEqual([
      [1, 1],
      [2, 2],
      [3, 30],
    ]);
    for (const [tag, value] of Object.entries({
      'loss/validation': 0.25,
      'accuracy/validation': 0.75,
      'learning rate': 0.5,
      'IoU/a': 0.5,
      'IoU/b': 0.4,
      'mean IoU': 0.45,
    }))
      expect(scalars[tag].at(-1)[1]).toBeCloseTo(value, 6);
    expect(scalars).not.toHaveProperty('IoU/c');
    expect(histograms['weights/d/kernel']).toEqual([1, 2, 3].map((step) => [step, 6, -1, 4]));
    // The third epoch as it was done again told no gradients.
    expect(histograms['gradients/d/kernel']).toEqual([1, 2].map((step) => [step, 3, -step, step]));
    model.dispose();
  }, 120_000);

  test('a score of zero, which protobuf leaves out where it may', () => {
    const events = join(folder, 'zero');
    new EventFile(events, 5).write(5, [{ tag: 'IoU/human', simpleValue: 0 }]);
    expect(accumulated(events).scalars).toEqual({ 'IoU/human': [[5, 0]] });
  }, 120_000);

  test('a picture', () => {
    const events = join(folder, 'picture');
    const image = { width: 4, height: 2, colorspace: 3, encodedImageString: Uint8Array.of(1, 2, 3) };
    new EventFile(events, 5).write(5, [{ tag: 'panels/scene', image }]);
    expect(accumulated(events).images).toEqual({ 'panels/scene': [[5, 4, 2, 3]] });
  }, 120_000);

  test('roadseg tensorboard serves the trainings of a folder, to this machine', async () => {
    const command = [process.execPath, 'src/cli.ts', 'tensorboard', '--logdir', folder, '--port', '0'];
    const board = Bun.spawn(command, { stdout: 'pipe', stderr: 'pipe' });
    try {
      let said = '';
      const decoder = new TextDecoder();
      const output = board.stderr.getReader();
      while (!said.includes('http://localhost:')) said += decoder.decode((await output.read()).value);
      const address = /http:\/\/localhost:\d+/.exec(said)![0];
      const runs = async () => (await (await fetch(`${address}/data/runs`)).json()) as string[];
      while (!(await runs()).includes('training')) await Bun.sleep(100);
    } finally {
      board.kill('SIGTERM');
      await board.exited;
    }
  }, 120_000);
});
