import { expect, test } from 'bun:test';
import { sceneBlocks } from '../../src/evaluation/scene-blocks';

test("neighbouring frames of a film are one block, in the film's order", () => {
  const names = ['Seq05VD_f00030', 'Seq05VD_f00000', '0001TP_008550', 'Seq05VD_f00060', '0001TP_008580'];
  expect(sceneBlocks(names, 10)).toEqual([
    [1, 0, 3],
    [2, 4],
  ]);
});

test('a film is cut into as few blocks as its length needs, of about one size', () => {
  const film = Array.from({ length: 25 }, (_, index) => `0001TP_${String(index * 30).padStart(6, '0')}`);
  // 25 frames in blocks of at most 10: three, with edges at 8.3 and 16.7.
  expect(sceneBlocks(film, 10).map((block) => block.length)).toEqual([8, 9, 8]);
  expect(sceneBlocks(film, 10).flat()).toEqual(film.map((_, index) => index));
});

test('frames are ordered by number, whatever the digits', () => {
  expect(sceneBlocks(['a_100', 'a_20', 'a_3'], 2)).toEqual([[2, 1], [0]]);
});

test('scenes that are alone in their sequence are drawn one by one', () => {
  expect(sceneBlocks(['ulm_000000_000019', 'ulm_000001_000019', 'aachen_000000_000019', 'picture'])).toEqual([
    [0],
    [1],
    [2],
    [3],
  ]);
});
