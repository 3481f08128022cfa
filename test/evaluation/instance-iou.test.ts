import { expect, test } from 'bun:test';
import { classSet } from '../../src/data/classes';
import { evaluatePredictions, type ScenePrediction } from '../../src/evaluation/evaluate';
import { InstanceIou } from '../../src/evaluation/instance-iou';
import { labelNamed } from '../../src/labels';

const [road, person, rider, car, caravan] = ['road', 'person', 'rider', 'car', 'caravan'].map(
  (name) => labelNamed(name).id,
);

test('each person counts as one of mean size, however near', () => {
  const iou = new InstanceIou();
  // A large person of four pixels, all found, and a small one of one, missed; one pixel of road taken for a person.
  iou.add(
    [person, person, person, person, person, road],
    [24000, 24000, 24000, 24000, 24001, road],
    [person, person, person, person, road, person],
  );
  const mean = 3462.4756337644;
  // Found: 4 x mean / 4; missed: 1 x mean / 1; imagined: 1.
  expect(iou.scores().labels.person).toBeCloseTo(mean / (mean + mean + 1), 12);
  expect(iou.scores().groups.human).toBeCloseTo(mean / (mean + mean + 1), 12);
});

test('a rider taken for a person is missed as a rider and found as a human', () => {
  const iou = new InstanceIou();
  iou.add([rider, rider], [25000, 25000], [person, rider]);
  const { labels, groups } = iou.scores();
  expect(labels.rider).toBeCloseTo(0.5, 12);
  expect(groups.human).toBe(1);
  // The person that was predicted is a false positive of the label, with nothing to find.
  expect(labels.person).toBe(0);
});

test('what the evaluator leaves out counts nowhere, and what is nowhere has no score', () => {
  const iou = new InstanceIou();
  iou.add([caravan, caravan, road], [29000, 29000, road], [car, car, road]);
  const { labels, groups, meanOfLabels } = iou.scores();
  expect(labels).not.toHaveProperty('caravan');
  expect([labels.car, groups.vehicle, groups.human, meanOfLabels]).toEqual(new Array(4).fill(Number.NaN));
});

test('a value that is no label is refused', () => {
  expect(() => new InstanceIou().add([person], [24000], [255])).toThrow(RangeError);
});

async function* oneScene(predictedGroups: number[]): AsyncGenerator<ScenePrediction> {
  yield {
    name: 'a',
    width: 3,
    height: 2,
    labelIds: Uint8Array.of(person, person, person, person, rider, road),
    instanceIds: Uint16Array.of(24000, 24000, 24000, 24000, 25001, road),
    predictedGroups: Uint8Array.from(predictedGroups),
  };
}

test('an evaluation has it where things are told apart, for pictures of any height', async () => {
  // Half of the person is found, the rider is missed, and the road is taken for a person.
  const scale = (2 / 1024) ** 2;
  const [ofPerson, ofRider] = [3462.4756337644 * scale, 3930.4788056518 * scale];
  const labels = classSet('cityscapes-19');
  const [roadClass, personClass] = [road, person].map((id) => labels.classOfLabelId[id]);
  const byLabel = await evaluatePredictions(
    oneScene([personClass, personClass, roadClass, roadClass, roadClass, personClass]),
    labels,
  );
  expect(byLabel.instanceIou?.labels?.person).toBeCloseTo(ofPerson / 2 / (ofPerson + 1), 12);
  expect(byLabel.instanceIou?.labels?.rider).toBe(0);
  expect(byLabel.instanceIou?.groups.human).toBeCloseTo(ofPerson / 2 / (ofPerson + ofRider + 1), 12);

  const groups = classSet('groups-8');
  const [flat, human] = [road, person].map((id) => groups.classOfLabelId[id]);
  const byGroup = await evaluatePredictions(oneScene([human, human, flat, flat, flat, human]), groups);
  // What is no class of the model has no score: a rider is but a human to it.
  expect(byGroup.instanceIou).not.toHaveProperty('labels');
  expect(byGroup.instanceIou?.groups.human).toBe(byLabel.instanceIou!.groups.human);
});
