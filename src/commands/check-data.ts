import path from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { classSet } from '../data/classes';
import {
  type DataInspection,
  FINDINGS,
  type Finding,
  type FindingKind,
  inspectDataset,
  inspectedSplits,
  maskPowerText,
  sharesTable,
} from '../data/inspection/inspect-dataset';
import { openDataset } from '../data/open-dataset';
import { loadExperiment } from '../experiment/load';
import { writeFile } from '../files/write-file';
import { toText } from '../tables/tables';
import { collect, example } from './options';

/** `check-data`: looks through an experiment's scenes for what a training would not notice. */
export function addDataCommand(program: Command): void {
  program
    .command('check-data')
    .description("look through an experiment's scenes for what a training would not notice")
    .argument('<file>', 'a YAML file below experiments/')
    .option('--set <key=value>', 'override a value, such as data.root=DIR; may be repeated', collect, [])
    .option('--out <folder>', 'where a page of the worst scenes goes; by default results/check-data/<name>')
    .option('--json', 'as JSON, with the path of the page')
    .addHelpText('after', example('check-data experiments/camvid/base.yaml --set data.root=DIR'))
    .action(async (file, { set, out, json }) => {
      const { data, name: experiment } = loadExperiment(file, { set }).experiment;
      const unpaired: Finding[] = [];
      const onUnpaired = (name: string, missing: string, expected: string) =>
        unpaired.push({ kind: 'unpaired', name, what: `its ${missing} is missing; ${expected}`, severity: 1 });
      const dataset = await openDataset(data, { onUnpaired });
      const classes = classSet(data.classes);
      const inspection = await inspectDataset(dataset, classes, { limit: data.limit });
      inspection.findings.unshift(...unpaired);
      const { inspectionPage } = await import('../report/page/inspection-page');
      const page = path.join(out ?? `results/check-data/${experiment}`, 'index.html');
      writeFile(page, await inspectionPage(inspection, { title: `Data of ${file}`, dataset, classSet: classes }));
      console.log(json ? JSON.stringify({ ...inspection, page }, null, 2) : `${inspectionText(inspection)}\n\n${page}`);
      if (inspection.findings.length > 0) process.exitCode = 1;
    });
}

/** How many findings of a kind are listed. */
const LISTED = 10;

export function inspectionText(inspection: DataInspection): string {
  const { scenes, findings, masks } = inspection;
  const splits = inspectedSplits(inspection);
  const kinds = (Object.keys(FINDINGS) as FindingKind[]).flatMap((kind) => {
    const found = findings.filter((each) => each.kind === kind);
    if (found.length === 0) return [];
    const more = found.length > LISTED ? [`  … and ${found.length - LISTED} more (--json lists all)`] : [];
    const listed = found
      .slice(0, LISTED)
      .map(({ split, name, what }) => `  ${split === undefined ? '' : `${split} `}${name}: ${what}`);
    return ['', `${FINDINGS[kind]}: ${found.length}`, ...listed, ...more];
  });
  return [
    splits.map((split) => `${split}: ${scenes[split]} scenes`).join(', '),
    '',
    toText(sharesTable(inspection)),
    maskPowerText(masks),
    ...(kinds.length > 0 ? kinds : ['', 'nothing found']),
  ].join('\n');
}
