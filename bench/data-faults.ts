/**
 * What `roadseg check-data` finds: faults are planted, one kind at a time, into every fourth training scene of generated streets
 * and, where it is at hand, of CamVid, with its own labels and with three that are made of them.
 *   CAMVID_DATASET=DIR npx bun bench/data-faults.ts
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClassOptions, classSet } from '../src/data/classes';
import { type Dataset, limited } from '../src/data/dataset';
import { inspectDataset, maskPowerText } from '../src/data/inspection/inspect-dataset';
import { openDataset } from '../src/data/open-dataset';
import { openCamVid } from '../src/data/sources/camvid';
import { synthetic } from '../src/data/sources/synthetic';
import { GROUP_NAMES, labelNamed } from '../src/labels';
import { SPLIT_NAMES } from '../src/splits';
import { FAULTS, SHIFTED_IDS, withFault, withoutGroup } from '../test/data/inspection/plant-faults';

const folder = mkdtempSync(join(tmpdir(), 'data-faults-'));

async function measure(title: string, dataset: Dataset, classes: ClassOptions): Promise<void> {
  const place = join(folder, title.replaceAll(' ', '-'));
  mkdirSync(place);
  const { train } = dataset.splits;
  const scenes = SPLIT_NAMES.reduce((sum, split) => sum + dataset.splits[split].length, 0);
  const planted = [...train.keys()].filter((index) => index % 4 === 0);
  const untouched = await inspectDataset(dataset, classSet(classes));
  // A class that a split lacks is no scene's fault.
  const alarms = untouched.findings.filter(({ kind }) => kind !== 'empty class').length;
  console.log(`\n${title}: ${maskPowerText(untouched.masks)}\n`);
  console.log(`| Fault | Found | False alarms |\n| --- | --- | --- |\n| none | | ${alarms} of ${scenes} scenes |`);
  for (const fault of [...FAULTS, SHIFTED_IDS]) {
    const changed = await withFault(dataset, fault, planted, place);
    const { findings } = await inspectDataset(changed, classSet(classes));
    const names = planted.map((index) => changed.splits.train[index].name);
    const wanted = [fault.finding].flat() as readonly string[];
    const found = new Set(
      findings.filter(({ kind, name }) => wanted.includes(kind) && names.includes(name)).map(({ name }) => name),
    );
    const wrong = new Set(
      findings.filter(({ kind, name }) => kind !== 'empty class' && !names.includes(name)).map(({ name }) => name),
    );
    console.log(
      `| ${fault.name} | ${found.size} of ${planted.length} | ${wrong.size} of ${scenes - planted.length} scenes |`,
    );
  }
}

async function measureEmptyGroups(dataset: Dataset): Promise<void> {
  const groups = GROUP_NAMES.filter((name) => name !== 'void');
  const few = { ...dataset, splits: { ...dataset.splits, train: dataset.splits.train.slice(0, 8), validation: [] } };
  let [told, others] = [0, 0];
  for (const group of groups) {
    const changed = await withFault(few, withoutGroup(group), [...few.splits.train.keys()], folder);
    const { findings } = await inspectDataset(changed, classSet('groups-8'));
    told += findings.some(({ kind, name }) => kind === 'empty class' && name === group) ? 1 : 0;
    others += findings.filter(({ name }) => name !== group).length;
  }
  console.log(`\na group without a pixel in training: ${told} of ${groups.length} groups, ${others} others`);
}

/** Of every drive of CamVid. */
function someOfCamVid(root: string): Dataset {
  const camvid = openCamVid(root);
  const every = { train: 6, validation: 5, test: 11 };
  const splits = SPLIT_NAMES.map((split) => [split, limited(camvid.splits[split], { every: every[split] })]);
  return { ...camvid, splits: Object.fromEntries(splits) };
}

/** Road; cars and people; and the rest. */
function inThreeLabels(camvid: Dataset): Dataset {
  const [road, car, rest] = ['road', 'car', 'unlabeled'].map((name) => labelNamed(name).id);
  const traffic = ['car', 'person', 'rider'].map((name) => labelNamed(name).id);
  const reduced = (id: number) => (id === road ? road : traffic.includes(id) ? car : rest);
  const meaning = [...camvid.labelIdOfMaskValue].map(([value, id]) => [value, reduced(id)] as const);
  return { ...camvid, labelIdOfMaskValue: new Map(meaning) };
}

try {
  const scenes = { train: 40, validation: 20, test: 0 };
  const options = synthetic.options.parse({ seed: 2, width: 512, height: 256, scenes });
  const streets = await openDataset({ source: 'synthetic', root: join(folder, 'streets'), synthetic: options });
  await measure('generated streets', streets, 'groups-8');
  await measureEmptyGroups(streets);
  if (process.env.CAMVID_DATASET) {
    const camvid = someOfCamVid(process.env.CAMVID_DATASET);
    await measure('CamVid, 11 labels', camvid, 'camvid-11');
    await measure('CamVid, 3 labels', inThreeLabels(camvid), 'groups-8');
  }
} finally {
  rmSync(folder, { recursive: true });
}
