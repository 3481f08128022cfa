import type { tf } from '../../tensorflow/tensorflow';
import type { GridCell, ImageGrid } from './image-grid';
import { greyImage } from './rgb-image';

export interface FeatureMaps {
  title: string;
  /** [1, height, width, channels]; may differ in size from row to row. */
  features: tf.Tensor;
}

const COLUMNS = 8;

/**
 * The first channels of feature maps as grey pictures, eight in a line. Each is stretched from its lowest value, black, to
 * its highest, white, which stand below; one that is the same everywhere is black.
 *
 * @param channels of each of the maps, where it has so many
 */
export function featureGrid(maps: readonly FeatureMaps[], { channels = COLUMNS } = {}): ImageGrid {
  const rows = maps.flatMap(({ title, features }) => {
    const [, height, width, depth] = features.shape;
    const shown = Math.min(channels, depth);
    const pictures = Array.from({ length: shown }, (_, channel) => channelCell(features, channel, title));
    const caption = `${title}: ${height} x ${width}, ${shown} of ${depth} channels`;
    return Array.from({ length: Math.ceil(shown / COLUMNS) }, (_, row) => ({
      title: row === 0 ? caption : '',
      cells: pictures.slice(row * COLUMNS, (row + 1) * COLUMNS),
    }));
  });
  return {
    description: `Feature maps: ${maps.map(({ title }) => title).join('; ')}`,
    columns: Array.from({ length: Math.max(...rows.map(({ cells }) => cells.length)) }, () => ({ title: '' })),
    rows,
    legends: [],
    cellWidth: 96,
    shrink: true,
  };
}

function channelCell(features: tf.Tensor, channel: number, title: string): GridCell {
  const [, height, width, depth] = features.shape;
  const values = features.dataSync();
  const plane = Float32Array.from({ length: height * width }, (_, pixel) => values[pixel * depth + channel]);
  const [low, high] = plane.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const note = [low, high].map((value) => value.toPrecision(2)).join(' to ');
  return { image: greyImage(plane, { width, height }, [low, high]), note, alternative: `${title}, channel ${channel}` };
}
