import { afterAll, expect, test } from 'bun:test';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { classSet } from '../../src/data/classes';
import { RunError } from '../../src/errors';
import { LabelCounts } from '../../src/evaluation/label-counts';
import { readSceneCounts, SCENE_COUNTS_FILE, writeSceneCounts } from '../../src/evaluation/scene-counts';
import { temporaryFolder } from '../data/fixtures';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const file = join(folder, SCENE_COUNTS_FILE);

const classes = ['void', 'flat', 'construction', 'object', 'nature', 'sky', 'human', 'vehicle'];

function scene(name: string, labelIds: number[], predicted: number[]) {
  const counts = new LabelCounts(classSet('groups-8'));
  counts.add(labelIds, predicted);
  return { name, counts: counts.counts };
}

test('what is written is read back; a scene is a line, and what is 0 is not in it', () => {
  // Three pixels of road (7), of which one was taken for a vehicle, and one of person (24).
  const scenes = [scene('ulm_000000_000019', [7, 7, 7, 24], [1, 1, 7, 6]), scene('ulm_000001_000019', [0], [0])];
  writeSceneCounts(folder, { classes, scenes });
  expect(readFileSync(file, 'utf8').trimEnd().split('\n').slice(1)).toEqual([
    '{"scene":"ulm_000000_000019","rows":[[7,1,2,7,1],[24,6,1]]}',
    '{"scene":"ulm_000001_000019","rows":[[0,0,1]]}',
  ]);
  expect(readSceneCounts(folder)).toEqual({ classes, scenes });
});

test('any classes can be counted', () => {
  const counts = new Float64Array(34 * 2);
  counts[33 * 2 + 1] = 5;
  writeSceneCounts(folder, { classes: ['other', 'person'], scenes: [{ name: 'a', counts }] });
  expect(readSceneCounts(folder).scenes[0].counts[67]).toBe(5);
});

test('other labels than those of Cityscapes are told in the first line', () => {
  const counts = new Float64Array(255 * 2);
  counts[200 * 2 + 1] = 3;
  writeSceneCounts(folder, { classes: ['other', 'person'], scenes: [{ name: 'a', counts }] });
  expect(readFileSync(file, 'utf8').split('\n')[0]).toBe('{"version":1,"classes":["other","person"],"labels":255}');
  expect(readSceneCounts(folder).scenes[0].counts).toEqual(counts);
});

test.each([
  ['not JSON', '{"scene":', 'line 2'],
  ['no name', '{"rows":[]}', 'line 2'],
  ['a class too many', '{"scene":"a","rows":[[7,2,1]]}', '[7,2,1] is out of range'],
  ['a label too many', '{"scene":"a","rows":[[34,1,1]]}', '[34,1,1] is out of range'],
  ['a class without its pixels', '{"scene":"a","rows":[[7,1,1,0]]}', '[7,1,1,0] is out of range'],
  ['less than nothing', '{"scene":"a","rows":[[7,1,-1]]}', 'line 2'],
])('a line that is wrong is named: %s', (_, line, message) => {
  writeFileSync(file, `{"version":1,"classes":["other","person"]}\n${line}\n`);
  expect(() => readSceneCounts(folder)).toThrow(RunError);
  expect(() => readSceneCounts(folder)).toThrow(message);
});

test('another version is not taken for this one', () => {
  writeFileSync(file, '{"version":2,"classes":["other"]}\n');
  expect(() => readSceneCounts(folder)).toThrow('line 1');
});

test('a run without counts says how to get them', () => {
  expect(() => readSceneCounts(join(folder, 'nowhere'))).toThrow('evaluate the run again');
});
