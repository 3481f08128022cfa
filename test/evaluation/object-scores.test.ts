import { describe, expect, test } from 'bun:test';
import { type ObjectScore, objectScores, scoresBySize } from '../../src/evaluation/object-scores';

const PERSON = 6;
const SIZE = { width: 8, height: 4 };

/** Rows of digits; a dot is 1, the road. */
const map = (...rows: string[]) =>
  rows.flatMap((row) => [...row].map((character) => (character === '.' ? 1 : Number(character))));

test('a thing, what of it was found, what was predicted beside it, and one that was imagined', () => {
  const truth = map('.66.....', '.66.....', '.66.....', '........');
  const predicted = map('........', '.666....', '.666..66', '........');
  // Six pixels of which four were found, and two more beside them; two where nobody is.
  expect(objectScores({ ...SIZE, truth, predicted }, [PERSON])).toEqual([
    { class: 6, area: 6, found: 4, beside: 2, height: 3, width: 2 },
    { class: 6, area: 0, found: 0, beside: 2, height: 1, width: 2 },
  ]);
});

test('one patch over two things: what is beside goes to the one that it covers more of', () => {
  const truth = map('6......6', '6......6', '6.......', '........');
  const predicted = map('66666666', '6.......', '6.......', '........');
  expect(objectScores({ ...SIZE, truth, predicted }, [PERSON])).toEqual([
    { class: 6, area: 3, found: 3, beside: 6, height: 3, width: 1 },
    { class: 6, area: 2, found: 1, beside: 0, height: 2, width: 1 },
  ]);
});

test('instance ids tell neighbours apart and hold together what a pole divides; the rest is what nobody counted', () => {
  const truth = map('66663666', '66663666', '........', '......66');
  const ids = [
    [24000, 24000, 24001, 24001, 17, 24001, 24001, 24001],
    [24000, 24000, 24001, 24001, 17, 24001, 24001, 24],
    [7, 7, 7, 7, 7, 7, 7, 7],
    [7, 7, 7, 7, 7, 7, 24, 24],
  ].flat();
  const scores = objectScores({ ...SIZE, truth, predicted: truth, instanceIds: ids }, [PERSON]);
  expect(scores.map(({ area, found, width, height }) => [area, found, width, height])).toEqual([
    // What is left of the right component, the group below, the two who were counted.
    [1, 1, 1, 1],
    [2, 2, 2, 1],
    [4, 4, 2, 2],
    [9, 9, 6, 2],
  ]);
});

test('classes are apart: a person predicted as an object is missed, and an object imagined', () => {
  const truth = map('6.......', '6.......', '........', '........');
  const predicted = map('3.......', '3.......', '........', '........');
  expect(objectScores({ ...SIZE, truth, predicted }, [3, PERSON])).toEqual([
    { class: 6, area: 2, found: 0, beside: 0, height: 2, width: 1 },
    { class: 3, area: 0, found: 0, beside: 2, height: 2, width: 1 },
  ]);
});

describe('by size', () => {
  const scores: ObjectScore[] = [
    { class: 6, area: 10, found: 2, beside: 0, height: 4, width: 3 },
    { class: 6, area: 10, found: 8, beside: 5, height: 7, width: 3 },
    { class: 6, area: 100, found: 90, beside: 10, height: 20, width: 8 },
    { class: 6, area: 0, found: 0, beside: 5, height: 5, width: 2 },
  ];

  test('pixels that were found, and what was imagined of that size', () => {
    const [small, large] = scoresBySize(scores, ({ height }) => height, [0, 8, 64]);
    // 10 of 20 pixels; 10 / (20 + 5 + 5).
    expect(small).toEqual({ from: 0, below: 8, things: 2, recall: 0.5, iou: 10 / 30 });
    expect(large).toEqual({ from: 8, below: 64, things: 1, recall: 0.9, iou: 90 / 110 });
  });

  test('by area, an imagined thing is as large as its patch', () => {
    const [tiny, small] = scoresBySize(scores, ({ area, beside }) => area || beside, [0, 6, 50]);
    expect(tiny).toMatchObject({ things: 0, recall: Number.NaN, iou: 0 });
    expect(small.iou).toBe(10 / 25);
  });
});
