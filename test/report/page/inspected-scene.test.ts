import { afterAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { type ClassSet, IGNORED } from '../../../src/data/classes/class-set';
import type { Dataset } from '../../../src/data/dataset';
import { labelMaskImage } from '../../../src/report/drawing/rgb-image';
import { unreadableViews } from '../../../src/report/page/inspected-scene';
import { temporaryFolder, writePicture } from '../../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('what is ignored has the colour of the legend, beside a black class, too', async () => {
  const classSet: ClassSet = {
    name: 'own',
    classes: [{ name: 'tar', color: [0, 0, 0] }],
    classOfLabelId: Uint8Array.of(0, IGNORED),
  };
  const labelIdOfMaskValue = new Map([0, 1].map((value) => [value, value]));
  const dataset: Dataset = {
    title: 'Own',
    root: folder,
    splits: { train: [], validation: [], test: [] },
    labels: [],
    labelIdOfMaskValue,
  };
  const mask = join(folder, 'mask.png');
  await writePicture(mask, 2, 1, (_, column) => [column]);
  const [, view] = await unreadableViews({ name: 'a', image: join(folder, 'none.png'), mask }, dataset, classSet);
  const { pixels } = labelMaskImage([0, IGNORED], { width: 2, height: 1 }, classSet.classes);
  expect([...view.image!.pixels]).toEqual([...pixels]);
});
