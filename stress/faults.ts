/**
 * `npm run faults`: all faults at full length, about twenty minutes on two cores. Writes the figures to `results/faults/`
 * and ends with code 1 if any was not withstood. Names of parts (`kill`, `disk`, `fuzz`, `long`, `bits`, `side`) run those alone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFile } from '../src/files/write-file';
import { toMarkdown } from '../src/tables/tables';
import { repeatedTraining } from './determinism';
import { type Disturbance, type DisturbanceReport, disturbedTraining } from './disturbed-training';
import { fuzz } from './fuzz';
import type { CaseEnd, CaseResult } from './fuzz-worker';
import { longRun } from './long-run';
import { ROOT } from './processes';
import { sideBySide } from './side-by-side';
import { slowDisk } from './slow-disk';

interface Part {
  title: string;
  /** What was measured, by name. */
  figures: Record<string, string | number>;
  /** What was not withstood. */
  problems: string[];
  /** All there is to know, for the JSON. */
  details?: unknown;
}

const times = (count: number, ...kinds: Disturbance[]) => Array.from({ length: count }, () => kinds).flat();
const KILLS: Disturbance[] = ['killed between operations', 'killed by the clock'];
const FAILURES: Disturbance[] = ['disk full', 'disk read-only'];
const say = (line: string) => console.log(`  ${line}`);

async function disturbed(
  folder: string,
  title: string,
  disturbances: Disturbance[],
  compiled: Disturbance[],
): Promise<Part> {
  const common = { epochs: 6, onDisturbance: say };
  const reports = [
    await disturbedTraining(join(folder, 'eager'), { ...common, disturbances }),
    await disturbedTraining(join(folder, 'compiled'), { ...common, disturbances: compiled, compile: true }),
  ];
  const sum = (value: (report: DisturbanceReport) => number) => reports.reduce((total, each) => total + value(each), 0);
  const problems = reports.flatMap((report) => report.problems);
  const all = [...disturbances, ...compiled];
  const figures = {
    ...Object.fromEntries([...new Set(all)].map((kind) => [kind, sum(({ disturbed }) => disturbed[kind] ?? 0)])),
    'of these, of a compiled training': compiled.length,
    'operations on files in a whole training': reports[0].operations,
    'left something half written, which no reader took for a file': sum(({ leftUnfinished }) => leftUnfinished),
    'resumed after some epochs': sum(({ resumed }) => resumed),
    'problems, other bits at the end among them': problems.length,
  };
  return { title, figures, problems };
}

const PARTS: Record<string, (folder: string) => Promise<Part>> = {
  kill: (folder) => disturbed(folder, 'Training ended with SIGKILL', times(12, ...KILLS), times(3, ...KILLS)),

  disk: async (folder) => {
    const part = await disturbed(folder, 'A disk that fails', times(6, ...FAILURES), FAILURES);
    const slow = await slowDisk(join(folder, 'slow'));
    part.figures['seconds on a disk that takes 0.1 s for each operation'] = slow.seconds.toFixed(1);
    part.figures['seconds else'] = slow.secondsElse.toFixed(1);
    return { ...part, problems: [...part.problems, ...slow.problems] };
  },

  fuzz: async (folder) => {
    const withstood: CaseEnd[] = ['refused', 'accepted'];
    const onCase = ({ index }: CaseResult) => index % 200 === 199 && say(`${index + 1} files`);
    const results = await fuzz(folder, { cases: 2000, onCase });
    const count = (...ends: CaseEnd[]) => results.filter(({ end }) => ends.includes(end)).length;
    const bad = results.filter(({ end }) => !withstood.includes(end));
    return {
      title: 'Damaged files',
      figures: {
        files: results.length,
        kinds: new Set(results.map(({ reader }) => reader)).size,
        'refused with an error that names the file': count('refused'),
        'accepted, as the damage did not matter or was mended': count('accepted'),
        'errors of another kind': count('untyped', 'unnamed'),
        'crashes of the process': count('died'),
        hangs: count('hung'),
        'sound files refused afterwards': count('spoiled'),
        'longest, seconds': (Math.max(...results.map(({ milliseconds }) => milliseconds)) / 1000).toFixed(1),
        'most memory for one, MB': Math.max(...results.map(({ megabytes }) => megabytes)).toFixed(0),
      },
      problems: bad.map(({ index, reader, end, message }) => `case ${index}, ${reader}: ${end}: ${message}`),
      details: results.map(({ index, reader, end, message }) => ({ index, reader, end, message })),
    };
  },

  long: async (folder) => {
    const report = await longRun(folder, 2000);
    const { kilobytesAStep: growth, megabytes, descriptorsEarly, descriptorsAtEnd, historyLines, epochs } = report;
    const problems = [
      // Of 2,000 steps the second half may end a tenth above its beginning, which the saw of the garbage collector does.
      growth > 0.1 * megabytes[2] ? `resident memory grows by ${growth.toFixed(1)} kB per step` : '',
      descriptorsAtEnd > descriptorsEarly + 4 ? `${descriptorsAtEnd} descriptors, ${descriptorsEarly} before` : '',
      historyLines !== epochs ? `${historyLines} lines of history for ${epochs} epochs` : '',
    ].filter((problem) => problem !== '');
    return {
      title: 'A long training',
      figures: {
        steps: report.steps,
        'epochs, each with validation and checkpoints': epochs,
        'resident memory in each fifth of the steps, MB': megabytes.map((mean) => mean.toFixed(0)).join(', '),
        'slope over the second half, kB per step': growth.toFixed(2),
        'open descriptors after a tenth': descriptorsEarly,
        'open descriptors at the end': descriptorsAtEnd,
        'lines of history': historyLines,
        'files in the run folder': report.files,
      },
      problems,
      details: report.samples,
    };
  },

  bits: async (folder) => {
    const problems: string[] = [];
    const kinds = {
      'operation by operation': {},
      compiled: { compile: true },
      'compiled, without timing': { compile: true, autotune: false },
    };
    for (const [kind, options] of Object.entries(kinds)) {
      const { 'node 1': first, ...others } = await repeatedTraining(join(folder, kind), { epochs: 12, ...options });
      for (const [name, other] of Object.entries(others))
        if (JSON.stringify(other) !== JSON.stringify(first))
          problems.push(`${kind}: ${name} has other bits than node 1`);
      say(kind);
    }
    const figures = { 'ways to train': Object.keys(kinds).length, 'trainings of each, half in Node, half in Bun': 4 };
    return {
      title: 'The same seed',
      figures: { ...figures, 'with other bits than the first': problems.length },
      problems,
    };
  },

  side: async (folder) => {
    const { runs, scenes, drawnAtMost, preparedAtMost, problems, seconds } = await sideBySide(folder, 8);
    const repeated = Math.max(drawnAtMost, preparedAtMost) > 1 ? ['a scene was drawn or prepared more than once'] : [];
    return {
      title: 'Side by side',
      figures: {
        'runs at once': runs,
        'scenes they share': scenes,
        'times a scene was drawn at most': drawnAtMost,
        'times a scene was prepared at most': preparedAtMost,
        seconds: seconds.toFixed(0),
      },
      problems: [...problems, ...repeated],
    };
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in PARTS));
if (unknown) throw new Error(`no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}`);

for (const [name, part] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const folder = mkdtempSync(join(tmpdir(), `roadseg-faults-${name}-`));
  console.log(`\n${name}`);
  try {
    const { title, figures, problems, details } = await part(folder);
    const rows = Object.entries(figures).map(([figure, value]) => [figure, String(value)]);
    const table = toMarkdown({ header: [title, ''], rows, text: [0] });
    const failures = problems.map((problem) => `- ${problem}\n`).join('');
    writeFile(join(ROOT, 'results/faults', `${name}.md`), `${table}${failures && `\n${failures}`}`);
    writeFile(
      join(ROOT, 'results/faults', `${name}.json`),
      `${JSON.stringify({ title, figures, problems, details }, null, 1)}\n`,
    );
    console.log(`\n${table}${failures}`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
