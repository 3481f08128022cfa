import { describe, expect, test } from 'bun:test';
import { classSet } from '../../src/data/classes';
import type { SceneCounts } from '../../src/evaluation/scene-counts';
import { GROUP_NAMES, labelNamed } from '../../src/labels';
import { createRandom } from '../../src/random';
import { findings, pairVerdicts, verdictTable } from '../../src/study/verdicts';

const [road, person] = ['road', 'person'].map((name) => labelNamed(name).id);
const [flat, human] = [1, 6];

/** Twenty scenes of road with people, of whom about that share is found. */
function run(found: number, seed: number, chance = 2): SceneCounts {
  const random = createRandom(seed);
  const ofSeed = random.normal(0, chance);
  const scenes = Array.from({ length: 20 }, (_, index) => {
    const counts = new Float64Array(34 * 8);
    const people = Math.round(100 * found + ofSeed + random.normal(0, 2));
    counts[person * 8 + human] = people;
    counts[person * 8 + flat] = 100 - people;
    counts[road * 8 + flat] = 900;
    return { name: `ulm_${String(index).padStart(6, '0')}_000019`, counts };
  });
  return { classes: GROUP_NAMES, scenes };
}

const model = (label: string, found: number, seeds: readonly number[], chance?: number) => ({
  label,
  seeds: seeds.map((seed) => run(found, seed, chance)),
});

test('each pair of models is compared, the later one against the earlier', () => {
  const pairs = pairVerdicts(
    [model('A', 0.3, [1, 2]), model('B', 0.3, [3, 4]), model('C', 0.3, [5, 6])],
    classSet('groups-8'),
  );
  expect(pairs.map(({ first, second }) => `${second} against ${first}`)).toEqual([
    'B against A',
    'C against A',
    'C against B',
  ]);
});

describe('a difference that is there', () => {
  const pairs = pairVerdicts(
    [model('Base', 0.3, [1, 2, 3]), model('Pre-trained', 0.6, [4, 5, 6])],
    classSet('groups-8'),
  );

  test('is told with its interval, its evidence and a verdict, and the groups it is in', () => {
    const [meanIou, groups, ...more] = findings(pairs, ['groups-8']);
    expect(meanIou).toMatch(
      /^groups-8: mean IoU of Pre-trained is 1\d\.\d points above Base \(95 % interval \+1\d\.\d to \+\d\d\.\d; 3 seeds each, 20 scenes\): established$/,
    );
    expect(groups).toMatch(
      /^groups-8: established differences in IoU of single groups: flat \+\d\.\d, human \+[23]\d\.\d$/,
    );
    expect(more).toEqual([]);
  });

  test('has a row for each score', () => {
    const { header, rows } = verdictTable(pairs);
    expect(header).toEqual(['Compared', 'Metric', 'Score', 'Difference', '95 % interval', 'Verdict']);
    expect(rows).toHaveLength(21);
    const human = rows.find(([, metric, score]) => metric === 'official-7' && score === 'IoU of human')!;
    expect(human[0]).toBe('Pre-trained against Base');
    expect(human[3]).toMatch(/^\+\d\d\.\d$/);
    expect(human[5]).toBe('established');
    const sky = rows.find(([, , score]) => score === 'IoU of sky')!;
    expect(sky.slice(3)).toEqual(['–', '–', 'not defined for both']);
  });
});

test('a few frames of one film have no interval, and more scenes would be needed', () => {
  const frames = (label: string, found: number, seeds: readonly number[]) => ({
    label,
    seeds: seeds.map((seed) => {
      const { classes, scenes } = run(found, seed);
      return { classes, scenes: scenes.slice(0, 3).map((scene, frame) => ({ ...scene, name: `film_${frame}` })) };
    }),
  });
  const pairs = pairVerdicts([frames('A', 0.3, [1, 2]), frames('B', 0.6, [3, 4])], classSet('groups-8'));
  expect(findings(pairs, ['groups-8'])).toEqual([
    expect.stringMatching(
      /95 % interval –; 2 seeds each, 3 scenes in 1 stretch of film\): undecided: only more scenes/,
    ),
  ]);
  expect(verdictTable(pairs, ['IoU of human']).rows[0].slice(3)).toEqual([
    expect.stringMatching(/^\+/),
    '–',
    'undecided: only more scenes would decide',
  ]);
  const lone = pairVerdicts([frames('A', 0.3, [1]), frames('B', 0.6, [3])], classSet('groups-8'));
  expect(findings(lone, ['groups-8'])[0]).toContain('one seed says nothing');
});

test('what is worse is told as such', () => {
  const [sentence] = findings(
    pairVerdicts([model('A', 0.6, [1, 2, 3]), model('B', 0.3, [4, 5, 6])], classSet('groups-8')),
    ['groups-8'],
  );
  expect(sentence).toMatch(/mean IoU of B is \d+\.\d points below A \(95 % interval −\d+\.\d to −\d+\.\d;/);
});

test('seeds that differ widely leave it undecided, and say how many more would decide', () => {
  const pairs = pairVerdicts([model('A', 0.4, [1, 2, 3], 12), model('B', 0.5, [4, 5, 6], 12)], classSet('groups-8'));
  const [sentence, ...groups] = findings(pairs, ['groups-8']);
  expect(sentence).toMatch(/: undecided: (about \d+ more seeds would decide|more than 50 more seeds would be needed)$/);
  expect(groups).toEqual([]);
});

test.each([
  [[1], [2]],
  [[1, 2], [3]],
  [[1], [2, 3]],
])('the difference of a single seed is never a finding: seeds %p against %p', (base, pretrained) => {
  const pairs = pairVerdicts([model('Base', 0.2, base), model('Pre-trained', 0.8, pretrained)], classSet('groups-8'));
  expect(findings(pairs, ['groups-8'])).toEqual([
    'groups-8: undecided between Pre-trained and Base: one seed says nothing about a method; another may reverse the order',
  ]);
  // The table says what can be said: of these two trained models.
  expect(verdictTable(pairs).rows[0][5]).toBe('these two trained models differ; of the method one seed says nothing');
});
