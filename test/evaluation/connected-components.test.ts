import { expect, test } from 'bun:test';
import { connectedComponents } from '../../src/evaluation/connected-components';
import { createRandom } from '../../src/random';

const MAP = [
  [1, 1, 0, 0, 2],
  [0, 0, 1, 0, 2],
  [1, 0, 0, 0, 1],
];
const SIZE = { width: 5, height: 3 };

test('corners touch: the two ones above and the one below them are one', () => {
  const { map, components } = connectedComponents(MAP.flat(), SIZE, [1, 2]);
  expect(components).toEqual([
    { value: 1, area: 3, top: 0, bottom: 2, left: 0, right: 3 },
    { value: 2, area: 2, top: 0, bottom: 2, left: 4, right: 5 },
    { value: 1, area: 1, top: 2, bottom: 3, left: 0, right: 1 },
    { value: 1, area: 1, top: 2, bottom: 3, left: 4, right: 5 },
  ]);
  expect([...map]).toEqual([0, 0, -1, -1, 1, -1, -1, 0, -1, 1, 2, -1, -1, -1, 3]);
});

test('is what filling from pixel to neighbouring pixel gives', () => {
  const random = createRandom(3);
  const [width, height] = [31, 23];
  for (let round = 0; round < 5; round += 1) {
    const values = Array.from({ length: width * height }, () => random.integer(3));
    const filled = new Array<number>(values.length).fill(-1);
    let found = 0;
    values.forEach((value, start) => {
      if (value === 0 || filled[start] >= 0) return;
      for (const waiting = [start]; waiting.length > 0; ) {
        const pixel = waiting.pop()!;
        if (filled[pixel] === found) continue;
        filled[pixel] = found;
        values.forEach((other, at) => {
          const apart = [(at % width) - (pixel % width), Math.floor(at / width) - Math.floor(pixel / width)];
          if (other === value && apart.every((step) => Math.abs(step) <= 1)) waiting.push(at);
        });
      }
      found += 1;
    });
    const { map, components } = connectedComponents(values, { width, height }, [1, 2]);
    expect([...map]).toEqual(filled);
    expect(components.map(({ area }) => area)).toEqual(
      components.map((_, index) => filled.filter((component) => component === index).length),
    );
  }
});

test('a thing that winds back and forth over a large map is one', () => {
  const [width, height] = [300, 301];
  // Whole rows, joined at the right and at the left by turns.
  const snake = Array.from({ length: width * height }, (_, pixel) => {
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    return row % 2 === 0 || column === (row % 4 === 1 ? width - 1 : 0) ? 1 : 0;
  });
  const { components } = connectedComponents(snake, { width, height }, [1]);
  expect(components).toHaveLength(1);
  expect(components[0].area).toBe(151 * 300 + 150);
});

test('nothing wanted, nothing found', () => {
  expect(connectedComponents(MAP.flat(), SIZE, []).components).toEqual([]);
});
