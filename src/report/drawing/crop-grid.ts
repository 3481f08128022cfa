import type { Sample } from '../../data/prepare-scene';
import type { SampleSource } from '../../data/sample-source';
import type { Label } from '../../labels';
import type { ImageGrid } from './image-grid';

const COLUMNS = 8;

/**
 * Object-centred crops with their labels, the same number of each label that occurs.
 *
 * @param among how many of the source's first crops are looked through
 */
export async function cropGrid(
  source: SampleSource,
  labels: readonly Label[],
  { perLabel, among }: { perLabel: number; among: number },
): Promise<ImageGrid> {
  const found = new Map<number, Sample[]>(labels.map(({ id }) => [id, []]));
  for (let index = 0; index < Math.min(among, source.length); index += 1) {
    const sample = await source.read(index);
    const sameLabel = found.get(sample.labelIds[0])!;
    if (sameLabel.length < perLabel) sameLabel.push(sample);
  }
  const crops = labels.flatMap(({ id, name }) => found.get(id)!.map((sample) => ({ sample, name })));
  const cells = crops.map(({ sample, name }) => {
    const { image: pixels, width } = sample;
    return { image: { width, height: width, pixels }, note: name };
  });
  const rows = Array.from({ length: Math.ceil(cells.length / COLUMNS) }, (_, row) => ({
    title: '',
    cells: cells.slice(row * COLUMNS, (row + 1) * COLUMNS),
  }));
  const columns = Array.from({ length: Math.min(COLUMNS, cells.length) }, () => ({ title: '' }));
  return { description: 'Object-centred crops and their labels', columns, rows, legends: [], cellWidth: 96 };
}
