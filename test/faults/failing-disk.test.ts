import { afterAll, beforeAll, expect, test } from 'bun:test';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../src/errors';
import { trainRun } from '../../src/study/train';
import { loadCheckpoint } from '../../src/training/checkpoint';
import { disturbedTraining } from '../../stress/disturbed-training';
import { outcome, problemsOf, unfinished } from '../../stress/left-behind';
import { mountSmallDisk } from '../../stress/small-disk';
import { tinyRun } from '../../stress/tiny-run';
import { temporaryFolder } from '../data/fixtures';
import { describeUnless } from '../skipping';

const { folder, remove } = temporaryFolder();
const disk = mountSmallDisk(join(folder, 'disk'), 12);
afterAll(() => {
  disk?.unmount();
  remove();
});

describeUnless(!disk && 'mounting one is not allowed here; `npm run faults` has another way', 'a disk', () => {
  const epochs = 3;
  let expected: ReturnType<typeof outcome>;
  beforeAll(async () => {
    const whole = tinyRun(folder, 'whole', { epochs });
    await trainRun(whole);
    expected = outcome(join(folder, 'whole'));
  }, 120_000);

  test.each([
    ['that becomes full', 'ENOSPC', /model\.json|\.bin/, 'make room on that disk'],
    ['that becomes read-only', 'EROFS', /history\.jsonl|model\.json|\.bin/, 'make its folder writable'],
  ])(
    '%s: the file is named, the checkpoint before stays, and the training goes on once that is mended',
    async (_, code, file, remedy) => {
      const place = join('disk', code);
      const run = tinyRun(folder, place, { epochs });
      const error = await trainRun(run, {
        onEpoch: ({ epoch }) => {
          if (epoch !== 1) return;
          // Room for the best checkpoint's weights but not for the last one's with its optimizer.
          if (code === 'ENOSPC') disk!.fillUpTo(1.2e6);
          else disk!.setReadOnly(true);
        },
      }).catch((reason: Error) => reason);
      expect(error).toBeInstanceOf(RunError);
      expect((error as Error).message).toContain(`cannot be written (${code})`);
      expect((error as Error).message).toMatch(file);
      expect((error as Error).message).toContain(remedy);
      expect(problemsOf(join(folder, place))).toEqual([]);
      const { model, metadata } = loadCheckpoint(join(folder, place, 'checkpoints/last'));
      model.dispose();
      expect(metadata.epoch).toBe(1);
      expect(unfinished(join(folder, place))).toEqual([]);

      disk!.setReadOnly(false);
      rmSync(join(disk!.folder, 'filler'), { force: true });
      await trainRun(run);
      expect(outcome(join(folder, place))).toEqual(expected);
    },
    30_000,
  );
});

// Disturbed in Node, as the notebooks' kernel would be, and resumed here in Bun: the bits are the same in both.
test('a training that is killed between two operations on its files, or by the clock, ends with the same bits', async () => {
  const { problems, operations, resumed } = await disturbedTraining(join(folder, 'disturbed'), {
    disturbances: ['killed between operations', 'killed by the clock', 'disk full'],
    epochs: 3,
    resumeIn: 'bun',
  });
  expect(problems).toEqual([]);
  expect(operations).toBeGreaterThan(30);
  expect(resumed).toBeGreaterThan(0);
}, 240_000);
