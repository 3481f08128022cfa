import { expect, test } from 'bun:test';
import sharp from 'sharp';
import { classSet } from '../../../src/data/classes';
import { GROUP_COLORS, LABELS, labelNamed } from '../../../src/labels';
import { featureGrid } from '../../../src/report/drawing/feature-grid';
import { renderImageGrid } from '../../../src/report/drawing/image-grid';
import { preparationGrid } from '../../../src/report/drawing/preparation-grid';
import { tf } from '../../../src/tensorflow/tensorflow';

/** Colour of the pixel at layout place (x, y); two pixels of the file each. */
async function colorAt(png: Buffer, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray((2 * y * info.width + 2 * x) * info.channels).subarray(0, 3)];
}

test('a scene is shown as it comes with its sides dark, cut, resized, and in its classes', async () => {
  const car = labelNamed('car');
  // Eight pixels by four, all car; the square in the middle is resized to 2x2.
  const whole = { name: 'a', picture: { width: 8, height: 4, pixels: new Uint8Array(96).fill(200) } };
  const labelIds = new Uint8Array(32).fill(car.id);
  const sample = { name: 'a', width: 2, image: new Uint8Array(12).fill(200), labelIds: labelIds.slice(0, 4) };
  const options = { labels: LABELS, classSet: classSet('groups-8') };
  const grid = preparationGrid({ ...whole, labelIds }, sample, options);
  const png = await renderImageGrid(grid);
  // Masks are made smaller without new colours.
  expect(grid.rows.map(({ cells }) => cells.every(({ image }) => image.ofClasses))).toEqual([false, true]);
  // Columns of 384, 192, 192 and 192, 12 apart, from 20; rows of 192 from 78 and, with a title between them, from 306.
  const columns = [20, 416, 620, 824];
  expect((await sharp(png).metadata()).width).toBe(2 * (824 + 192 + 20));
  expect(await colorAt(png, columns[0] + 10, 200)).toEqual([80, 80, 80]);
  expect(await colorAt(png, columns[0] + 192, 200)).toEqual([200, 200, 200]);
  const mask = await Promise.all(columns.slice(1).map((left) => colorAt(png, left + 100, 400)));
  expect(mask).toEqual([[...car.color], [...car.color], [...GROUP_COLORS.vehicle]]);
  expect(await colorAt(png, columns[3] + 100, 200)).toEqual(
    GROUP_COLORS.vehicle.map((value) => Math.round((value + 200) / 2)),
  );
});

test('a feature map goes from black, its lowest value, to white; a flat one is black; small maps are enlarged', async () => {
  // Two channels of 2x2: 1, 2, 3, 5 and always 7.
  const features = tf.tensor4d([1, 7, 2, 7, 3, 7, 5, 7], [1, 2, 2, 2]);
  const pooled = tf.tensor4d([1, 7], [1, 1, 1, 2]);
  const maps = [
    { title: 'Saved', features },
    { title: 'Pooled', features: pooled },
  ];
  const png = await renderImageGrid(featureGrid(maps));
  tf.dispose([features, pooled]);
  // Pictures of 96, 12 apart, from 20; below a title of 20 from 20.
  const grey = async (x: number, y: number) => (await colorAt(png, x, y))[0];
  expect(await Promise.all([grey(30, 50), grey(100, 50), grey(30, 120), grey(100, 120)])).toEqual([0, 64, 128, 255]);
  expect(await grey(150, 50)).toBe(0);
  expect((await sharp(png).metadata()).width).toBe(2 * (20 + 96 + 12 + 96 + 20));
});
