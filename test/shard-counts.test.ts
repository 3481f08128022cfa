import { expect, test } from 'bun:test';
import { countsOf, failuresIn, sumOf } from './shard-counts';

const SUMMARY = '(fail) one [2.00ms]\nsaid: 9 pass\n\n 12 pass\n 1 skip\n 1 fail\n 30 expect() calls\nRan 14 tests\n';

test('the last lines of a summary count, and what failed is found again', () => {
  expect(countsOf(` 3 pass\n${SUMMARY}`, 1)).toEqual({ pass: 12, skip: 1, fail: 1 });
  expect(failuresIn(SUMMARY)).toEqual(['(fail) one [2.00ms]']);
});

test('a crash is a failure: before the summary, or after one without failures', () => {
  expect(countsOf('(pass) one [1.00ms]\nSegmentation fault\n', 139)).toEqual({ pass: 0, skip: 0, fail: 1 });
  expect(countsOf(' 12 pass\n 0 fail\n', 1)).toEqual({ pass: 12, skip: 0, fail: 1 });
});

test('shards add up', () => {
  const counts = [countsOf(SUMMARY, 1), countsOf('\x1b[32m 5 pass\x1b[0m\n 0 fail\n', 0)];
  expect(sumOf(counts)).toEqual({ pass: 17, skip: 1, fail: 1 });
});
