import type { ClassOfSet, ClassSet } from '../../data/classes/class-set';
import type { DatasetLabel } from '../../data/dataset';
import { centerSquare } from '../../data/picture';
import type { Sample, WholeScene } from '../../data/prepare-scene';
import { cssColor } from '../figures/figure';
import type { ImageGrid } from './image-grid';
import { classLegend } from './panel';
import { blend, labelMaskImage, type RgbImage } from './rgb-image';

/** How much is kept of the brightness of what is cut off. */
const CUT_OFF_BRIGHTNESS = 0.4;

/**
 * What preparation makes of a scene, step by step: as it comes, the square in its middle, that square resized, and its labels
 * reduced to classes. The picture in the upper row, the mask in the lower one.
 *
 * @param sample what was prepared of the scene
 * @param labels of the data set
 */
export function preparationGrid(
  { name, picture, labelIds }: WholeScene,
  sample: Sample,
  { labels, classSet }: { labels: readonly DatasetLabel[]; classSet: ClassSet },
): ImageGrid {
  const { width, height } = picture;
  const square = centerSquare(width, height);
  const byId: ClassOfSet[] = [];
  for (const label of labels) if (label.id >= 0) byId[label.id] = label;
  const ownMask = labelMaskImage(labelIds, picture, byId);
  const prepared = { width: sample.width, height: sample.width };
  const image = { ...prepared, pixels: sample.image };
  const classes = sample.labelIds.map((labelId) => classSet.classOfLabelId[labelId]);
  const mask = labelMaskImage(classes, prepared, classSet.classes);
  const sizeOf = (each: { width: number; height: number }) => `${each.width} x ${each.height}`;
  const occurring = labels.filter(({ id }) => labelIds.includes(id));
  return {
    description: `How ${name} is prepared: cut to a square, resized, its labels reduced to ${classSet.classes.length} classes`,
    columns: [
      { title: 'As it comes', subtitle: `${sizeOf(picture)}; dark: cut off` },
      { title: 'Cut', subtitle: sizeOf(square) },
      { title: 'Resized', subtitle: sizeOf(prepared) },
      { title: 'Reduced', subtitle: `${classSet.classes.length} classes` },
    ],
    rows: [
      { title: name, cells: [darkened(picture, square), cut(picture, square), image, blend(image, mask)] },
      {
        title: 'Mask',
        cells: [darkened(ownMask, square), cut(ownMask, square), labelMaskImage(sample.labelIds, prepared, byId), mask],
      },
    ].map(({ title, cells }) => ({ title, cells: cells.map((each) => ({ image: each })) })),
    legends: [
      occurring.map((label) => ({ label: label.name, color: cssColor(label.color) })),
      classLegend(classSet.classes, [{ truth: classes }]),
    ],
    // All four columns fit a notebook.
    cellHeight: 192,
    shrink: true,
  };
}

type Part = ReturnType<typeof centerSquare>;

function cut({ width, pixels, ofClasses }: RgbImage, { left, top, ...size }: Part): RgbImage {
  const rows = Array.from({ length: size.height }, (_, row) => {
    const start = ((top + row) * width + left) * 3;
    return pixels.subarray(start, start + size.width * 3);
  });
  return { ...size, ofClasses, pixels: new Uint8Array(Buffer.concat(rows)) };
}

/** The picture with all but the part darkened. */
function darkened({ width, pixels, ...rest }: RgbImage, part: Part): RgbImage {
  const inside = (pixel: number) => {
    const [x, y] = [(pixel % width) - part.left, Math.floor(pixel / width) - part.top];
    return x >= 0 && x < part.width && y >= 0 && y < part.height;
  };
  return {
    ...rest,
    width,
    pixels: pixels.map((value, index) => (inside(Math.floor(index / 3)) ? value : value * CUT_OFF_BRIGHTNESS)),
  };
}
