import { expect, test } from 'bun:test';
import { connectedComponents } from '../../src/evaluation/connected-components';

const MAP = [
  [1, 1, 0, 0, 2],
  [0, 0, 1, 0, 2],
  [1, 0, 0, 0, 1],
];
const SIZE = { width: 5, height: 3 };

test('with eight neighbours, corners touch: the two ones above and the one below them are one', () => {
  const { map, components } = connectedComponents(MAP.flat(), SIZE, { wanted: (value) => value > 0 });
  expect(components).toEqual([
    { value: 1, area: 3, top: 0, bottom: 2, left: 0, right: 3 },
    { value: 2, area: 2, top: 0, bottom: 2, left: 4, right: 5 },
    { value: 1, area: 1, top: 2, bottom: 3, left: 0, right: 1 },
    { value: 1, area: 1, top: 2, bottom: 3, left: 4, right: 5 },
  ]);
  expect([...map]).toEqual([0, 0, -1, -1, 1, -1, -1, 0, -1, 1, 2, -1, -1, -1, 3]);
});

test('with four, they do not', () => {
  const { components } = connectedComponents(MAP.flat(), SIZE, { connectivity: 4, wanted: (value) => value === 1 });
  expect(components.map(({ area }) => area)).toEqual([2, 1, 1, 1]);
});

test('a thing that winds back and forth over a large map is one', () => {
  const [width, height] = [300, 301];
  // Whole rows, joined at the right and at the left by turns.
  const snake = Array.from({ length: width * height }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    return row % 2 === 0 || column === (row % 4 === 1 ? width - 1 : 0) ? 1 : 0;
  });
  const { components } = connectedComponents(snake, { width, height }, { connectivity: 4, wanted: Boolean });
  expect(components).toHaveLength(1);
  expect(components[0].area).toBe(151 * 300 + 150);
});

test('nothing wanted, nothing found', () => {
  expect(connectedComponents(MAP.flat(), SIZE, { wanted: () => false }).components).toEqual([]);
});
