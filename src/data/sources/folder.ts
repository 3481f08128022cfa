import { existsSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { z } from 'zod';
import { seed } from '../../configuration/numbers';
import { DataError } from '../../errors';
import { colorValue, hexColor, LABELS, type Rgb } from '../../labels';
import { perSplit, type SplitName } from '../../splits';
import { type Dataset, type DatasetLabel, pairScenes, type UnpairedListener } from '../dataset';
import { isPictureName } from '../picture';
import { FOLDERS_OF_SPLIT, namesInLists, splitByFractions } from './folder-splits';
import { type OpenEvents, requireRoot, type Source, type SourceOptions } from './source';

const byte = z.number().int().min(0).max(255);
const share = z.number().min(0).max(0.9);
const regularExpression = z.string().refine((text) => {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}, 'a regular expression');

/** A folder of images and masks of one's own; used when `source` is `folder`. Every `{split}` in a path stands for a split's name. */
const options = z
  .strictObject({
    /** The images, below `root`; folders inside of it are looked through too. */
    images: z.string().min(1).default('images/{split}'),
    /** Their masks, PNG files that are called like the images. */
    masks: z.string().min(1).default('masks/{split}'),
    /** What a mask's name has behind its image's, such as `_L`. */
    maskSuffix: z.string().default(''),
    /** Masks are in the labels' colours, instead of grey values or indices of a palette. */
    colors: z.boolean().default(false),
    /** What the masks' values mean; those of `data.classes` where that is a list, and else Cityscapes' label ids. */
    labels: z
      .array(z.strictObject({ name: z.string().min(1), value: byte, color: z.tuple([byte, byte, byte]) }))
      .min(1)
      .nullable()
      .default(null),
    /** Where the splits come from: `{split}` in the folders, a list of names for each, or shares of all scenes. */
    splits: z.enum(['folders', 'lists', 'fractions']).default('folders'),
    /** The lists, below `root`: a scene's name a line. */
    lists: z.string().min(1).default('{split}.txt'),
    fractions: z
      .strictObject({ validation: share.default(0.15), test: share.default(0.15), seed: seed.default(1) })
      .prefault({}),
    /** What scenes of one sequence have in common in their names: what this matches. By default all but the last number. */
    sequence: regularExpression.default('^.*?(?=\\d*$)'),
  })
  .prefault({});

export type FolderLayout = z.infer<typeof options>;

export interface FolderOptions extends SourceOptions {
  folder?: FolderLayout;
  /** Classes of one's own, or the name of a set. */
  classes?: string | readonly { name: string; color: Rgb; values: readonly number[] | 'rest' }[];
}

/** Images and masks of one's own. */
export const folder = {
  options,
  open({ root, folder: layout = options.parse({}), classes }, { onUnpaired }: OpenEvents = {}) {
    const place = requireRoot(root, 'folder', 'the folder that holds images and masks');
    if (!existsSync(place)) throw new DataError(`${place}: no such folder`, 'set data.root to the folder of your data');
    const labels = labelsOf(layout, classes);
    return {
      title: 'Own data',
      root: place,
      splits: splitsOf(place, layout, onUnpaired),
      remedy: (split) => remedyFor(split, layout),
      labels,
      maskForm: layout.colors ? 'colors' : 'grey or indexed',
      labelIdOfMaskValue: valuesOf(labels, layout),
    };
  },
} satisfies Source<FolderOptions>;

/** What to do about a split without scenes. */
function remedyFor(split: SplitName, { splits, images, masks, lists }: FolderLayout): string {
  if (splits === 'fractions') return `data.folder.fractions.${split} is 0: give it a share of the scenes`;
  if (splits === 'lists')
    return `name its scenes in ${filled(lists, FOLDERS_OF_SPLIT[split].join('|'))}, or say where the lists are (data.folder.lists)`;
  const [imageFolder, maskFolder] = [images, masks].map((each) => filled(each, FOLDERS_OF_SPLIT[split].join('|')));
  return `put images below ${imageFolder} and masks below ${maskFolder}, say where they are (data.folder), or take another split`;
}

function labelsOf({ labels, colors }: FolderLayout, classes: FolderOptions['classes']): readonly DatasetLabel[] {
  if (labels && typeof classes === 'string') requireCityscapes(labels, classes);
  if (labels) return labels.map(({ value, ...label }) => ({ ...label, id: value }));
  if (classes === undefined || typeof classes === 'string') return LABELS.filter(({ id }) => id >= 0);
  if (colors) requireColors(classes);
  const taken = new Map<number, DatasetLabel>();
  const rest = classes.find(({ values }) => values === 'rest');
  for (const { name, color, values } of classes)
    if (values !== 'rest') for (const id of values) taken.set(id, { id, name, color });
  if (!rest) return [...taken.values()].sort((a, b) => a.id - b.id);
  const { name, color } = rest;
  return Array.from({ length: 256 }, (_, id) => taken.get(id) ?? { id, name, color });
}

/** @throws DataError for a label that a class set made of Cityscapes' labels would take for another. */
function requireCityscapes(labels: readonly { name: string; value: number }[], classes: string): void {
  for (const { name, value } of labels) {
    const meant = LABELS.find(({ id }) => id === value);
    if (meant?.name === name) continue;
    const other = meant ? `, where ${value} is ${meant.name}` : '';
    throw new DataError(
      `data.folder.labels: ${name} is ${value}, and ${classes} is made of Cityscapes' labels${other}`,
      "list classes of your own (data.classes), or give the labels the values and names of Cityscapes' that fit best",
    );
  }
}

/** @throws DataError for two classes whose masks would be the same */
function requireColors(classes: readonly { name: string; color: Rgb }[]): void {
  const names = new Map<string, string>();
  for (const { name, color } of classes) {
    const shown = hexColor(colorValue(color));
    const other = names.get(shown);
    if (other !== undefined)
      throw new DataError(
        `data.classes: ${other} and ${name} both are ${shown}, and the masks are told by colours (data.folder.colors)`,
        'give each class the colour that it has in the masks',
      );
    names.set(shown, name);
  }
}

/** Of several labels of one colour the first counts. */
function valuesOf(labels: readonly DatasetLabel[], { colors }: FolderLayout): ReadonlyMap<number, number> {
  return new Map([...labels].reverse().map(({ id, color }) => [colors ? colorValue(color) : id, id]));
}

function splitsOf(root: string, layout: FolderLayout, onUnpaired?: UnpairedListener): Dataset['splits'] {
  const expected = `expected images (.png, .jpg, .webp, .tif, .avif, …) and masks called like them, ending in ${layout.maskSuffix}.png`;
  const paired = ({ images, masks }: Files) => pairScenes(images, masks, expected, onUnpaired);
  if (layout.splits === 'folders')
    return perSplit((split) => {
      const name = FOLDERS_OF_SPLIT[split].find((each) => existsSync(join(root, filled(layout.images, each))));
      return name === undefined ? [] : paired(filesIn(root, layout, name));
    });
  const files = filesIn(root, layout, '');
  if (layout.splits === 'fractions') return splitByFractions(paired(files), layout);
  const listed = namesInLists(root, layout.lists, [...files.images.keys()]);
  // Images that no list names need no mask: of VOC's, one in six has one.
  return perSplit((split) =>
    paired({ images: only(files.images, listed[split]), masks: only(files.masks, listed[split]) }),
  );
}

function only(files: ReadonlyMap<string, string>, names: readonly string[]): Map<string, string> {
  return new Map(names.flatMap((name) => (files.has(name) ? [[name, files.get(name)!] as const] : [])));
}

function filled(path: string, split: string): string {
  return path.replaceAll('{split}', split);
}

/** Paths by the names of scenes. */
interface Files {
  images: ReadonlyMap<string, string>;
  masks: ReadonlyMap<string, string>;
}

/** Images and masks of one split, or, with no `{split}` in their paths, of all. */
function filesIn(root: string, { images, masks, maskSuffix }: FolderLayout, split: string): Files {
  const [imageFolder, maskFolder] = [images, masks].map((each) => join(root, filled(each, split)));
  const isMask = (name: string) => /\.png$/i.test(name) && name.slice(0, -'.png'.length).endsWith(maskSuffix);
  const sameFolder = imageFolder === maskFolder;
  return {
    images: picturesBelow(imageFolder, (name) => isPictureName(name) && !(sameFolder && isMask(name))),
    masks: picturesBelow(maskFolder, isMask, maskSuffix),
  };
}

/** Paths by name: the path below the folder without ending, with slashes. */
function picturesBelow(folder: string, accept: (name: string) => boolean, suffix = ''): Map<string, string> {
  if (!existsSync(folder))
    throw new DataError(
      `${folder}: no such folder`,
      'say where images and masks lie (data.folder.images, data.folder.masks)',
    );
  const found = new Map<string, string>();
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  for (const name of names.sort()) {
    if (name.split('/').some((part) => part.startsWith('.')) || !accept(name)) continue;
    const scene = name.slice(0, -extname(name).length - suffix.length || undefined);
    const other = found.get(scene);
    if (other !== undefined)
      throw new DataError(`${join(folder, name)}: has the name of ${other}`, 'keep one file of each name');
    found.set(scene, join(folder, name));
  }
  return found;
}
