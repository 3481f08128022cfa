/**
 * What `roadseg check-data` finds: faults are planted into generated streets, one kind at a time, into every fourth training scene.
 *   npx bun bench/data-faults.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { classSet } from '../src/data/classes';
import { inspectDataset } from '../src/data/inspection/inspect-dataset';
import { openDataset } from '../src/data/open-dataset';
import { synthetic } from '../src/data/sources/synthetic';
import { GROUP_NAMES } from '../src/labels';
import { FAULTS, SHIFTED_IDS, withFault, withoutGroup } from '../test/data/inspection/plant-faults';

const SCENES = { train: 40, validation: 20, test: 0 };
const folder = mkdtempSync(join(tmpdir(), 'data-faults-'));
try {
  const options = synthetic.options.parse({ seed: 2, width: 512, height: 256, scenes: SCENES });
  const dataset = await openDataset({ source: 'synthetic', root: join(folder, 'streets'), synthetic: options });
  const planted = Array.from({ length: SCENES.train / 4 }, (_, index) => index * 4);
  const untouched = await inspectDataset(dataset, classSet('groups-8'));
  console.log(`| Fault | Found | False alarms |\n| --- | --- | --- |`);
  console.log(`| none | | ${untouched.findings.length} of ${SCENES.train + SCENES.validation} scenes |`);
  for (const fault of [...FAULTS, SHIFTED_IDS]) {
    const changed = await withFault(dataset, fault, planted, folder);
    const { findings } = await inspectDataset(changed, classSet('groups-8'));
    const names = planted.map((index) => changed.splits.train[index].name);
    const wanted = [fault.finding].flat() as readonly string[];
    const found = new Set(
      findings.filter(({ kind, name }) => wanted.includes(kind) && names.includes(name)).map(({ name }) => name),
    );
    const wrong = new Set(findings.filter(({ name }) => !names.includes(name)).map(({ name }) => name));
    const others = SCENES.train + SCENES.validation - planted.length;
    console.log(`| ${fault.name} | ${found.size} of ${planted.length} | ${wrong.size} of ${others} scenes |`);
  }
  const groups = GROUP_NAMES.filter((name) => name !== 'void');
  const few = { ...dataset, splits: { ...dataset.splits, train: dataset.splits.train.slice(0, 8), validation: [] } };
  let [told, others] = [0, 0];
  for (const group of groups) {
    const changed = await withFault(few, withoutGroup(group), [...few.splits.train.keys()], folder);
    const { findings } = await inspectDataset(changed, classSet('groups-8'));
    told += findings.some(({ kind, name }) => kind === 'empty class' && name === group) ? 1 : 0;
    others += findings.filter(({ name }) => name !== group).length;
  }
  console.log(`| a group without a pixel in training | ${told} of ${groups.length} groups | ${others} others |`);
} finally {
  rmSync(folder, { recursive: true });
}
