import { expect, test } from 'bun:test';
import { recallByHeightFigures } from '../../../src/report/figures/recall-by-height';

test('there is a figure for each small class of which there are five things of one height', () => {
  // Five pedestrians and four poles of four pixels; cars are not small, and of bicyclists there is none.
  const classes = ['pedestrian', 'pole', 'car', 'bicyclist'];
  const thing = (index: number) => ({ class: index, area: 8, found: 2, beside: 0, height: 4, width: 2 });
  const things = [0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2].map(thing);
  const trimap = { right: [], all: [] } as never;
  const scene = { name: 'a', width: 64, height: 64, things, trimap, boundary: [] };
  const models = [{ label: 'Base', pretrained: false, seeds: [{ classes, scenes: [scene] }] }];
  const figures = recallByHeightFigures(models);
  expect(figures.map(({ name }) => name)).toEqual(['recall-by-height-pedestrian']);
  expect(figures[0].description).toContain('Base 0.25 at 4 to 5 pixels');
  // The experiment says `things: true`.
  const [own] = recallByHeightFigures(models.map((model) => ({ ...model, wanted: ['car'] })));
  expect(own.name).toBe('recall-by-height-car');
});
