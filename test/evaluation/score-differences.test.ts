import { expect, test } from 'bun:test';
import { classSet } from '../../src/data/classes';
import { RunError } from '../../src/errors';
import type { SceneCounts } from '../../src/evaluation/scene-counts';
import { scoreDifferences } from '../../src/evaluation/score-differences';
import { labelNamed } from '../../src/labels';
import { createRandom } from '../../src/random';

const classes = ['void', 'flat', 'construction', 'object', 'nature', 'sky', 'human', 'vehicle'];
const [road, person, staticThing] = ['road', 'person', 'static'].map((name) => labelNamed(name).id);
const [void_, flat, human] = [0, 1, 6];

/** Scenes of 900 pixels of road and 100 of people, of which a share is found, and 50 pixels of void. */
function run(found: number, seed: number, scenes = 20): SceneCounts {
  const random = createRandom(seed);
  return {
    classes,
    scenes: Array.from({ length: scenes }, (_, index) => {
      const counts = new Float64Array(34 * 8);
      const people = Math.round(100 * found + random.normal(0, 3));
      counts[person * 8 + human] = people;
      counts[person * 8 + flat] = 100 - people;
      counts[road * 8 + flat] = 900;
      counts[staticThing * 8 + void_] = 50;
      return { name: `ulm_${String(index).padStart(6, '0')}_000019`, counts };
    }),
  };
}

const named = (all: ReturnType<typeof scoreDifferences>, metric: string, score: string) =>
  all.find((each) => each.metric === metric && each.score === score)!;

test('every score of both metrics has a difference and a verdict', () => {
  const base = [run(0.3, 1), run(0.3, 2), run(0.3, 3)];
  const better = [run(0.6, 4), run(0.6, 5), run(0.6, 6)];
  const all = scoreDifferences(base, better, classSet('groups-8'));
  // 3 scores and 8 groups, 3 scores and 7 groups.
  expect(all).toHaveLength(21);
  // 60 of 100 against 30 of 100, nothing imagined.
  const people = named(all, 'groups-8', 'IoU of human');
  expect(people.difference.difference).toBeCloseTo(0.3, 1);
  expect(people.verdict).toEqual({ kind: 'established' });
  // Void counts in one metric only, and is right in both models.
  expect(named(all, 'groups-8', 'IoU of void').verdict).toEqual({ kind: 'no larger', than: 0 });
  expect(named(all, 'official-7', 'IoU of void')).toBeUndefined();
  // 30 more of 1050 pixels, and of 1000 without void.
  expect(named(all, 'groups-8', 'pixel accuracy').difference.difference).toBeCloseTo(30 / 1050, 3);
  expect(named(all, 'official-7', 'pixel accuracy').difference.difference).toBeCloseTo(30 / 1000, 3);
});

test('a group that is nowhere has no verdict', () => {
  const all = scoreDifferences([run(0.3, 1), run(0.3, 2)], [run(0.4, 3), run(0.4, 4)], classSet('groups-8'));
  expect(named(all, 'groups-8', 'IoU of sky').verdict).toBeNull();
});

test('the mean IoU is over the groups that are there: void, flat and human', () => {
  const all = scoreDifferences([run(0.3, 1)], [run(0.6, 1)], classSet('groups-8'));
  const iou = (group: string) => named(all, 'groups-8', `IoU of ${group}`).difference.difference;
  const mean = (iou('void') + iou('flat') + iou('human')) / 3;
  expect(named(all, 'groups-8', 'mean IoU').difference.difference).toBeCloseTo(mean, 12);
});

test('runs of other scenes are not compared', () => {
  const renamed = run(0.3, 2);
  const scenes = renamed.scenes.map((scene, index) => (index === 4 ? { ...scene, name: 'bonn_000000_000019' } : scene));
  expect(() => scoreDifferences([run(0.3, 1)], [{ ...renamed, scenes }], classSet('groups-8'))).toThrow(RunError);
  expect(() => scoreDifferences([run(0.3, 1)], [{ ...renamed, scenes }], classSet('groups-8'))).toThrow(
    'number 5 is bonn_000000_000019, expected ulm_000004_000019',
  );
  expect(() => scoreDifferences([run(0.3, 1)], [run(0.3, 1, 19)], classSet('groups-8'))).toThrow(
    'number 20 is missing',
  );
});
