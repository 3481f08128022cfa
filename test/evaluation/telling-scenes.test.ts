import { expect, test } from 'bun:test';
import { tellingScenes } from '../../src/evaluation/evaluate';

const scenes = [0.9, 0.1, 0.5, 0.7, 0.3].map((pixelAccuracy, index) => ({ name: `scene-${index}`, pixelAccuracy }));

test('a count spreads from the worst scene to the best', () => {
  // Ranked by accuracy: 1 (0.1), 4 (0.3), 2 (0.5), 3 (0.7), 0 (0.9).
  expect(tellingScenes(scenes, 5)).toEqual([1, 4, 2, 3, 0]);
  expect(tellingScenes(scenes, 1)).toEqual([2]);
});

test('more than there are gives all, none gives none', () => {
  expect(tellingScenes(scenes, 9)).toHaveLength(5);
  expect(tellingScenes(scenes, 0)).toEqual([]);
});

test('names are found, and a wrong one is named', () => {
  expect(tellingScenes(scenes, ['scene-3', 'scene-0'])).toEqual([3, 0]);
  expect(() => tellingScenes(scenes, ['scene-9'])).toThrow('scene-9');
});
