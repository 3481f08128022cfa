import { type Command, Option } from '@commander-js/extra-typings';
import { sizeText } from '../human-units';
import { paintFor } from '../runner/console/console-style';
import { queuedFolders } from '../runner/slurm/submissions';
import { deletableRuns, deleteRun, sizeOf } from './inspection/cleaning';
import { comparison, writeCurves } from './inspection/comparison';
import { findRun, listRuns, runsOf, usedFolders } from './inspection/find-runs';
import { runListText } from './inspection/run-list';
import { runJson, runText } from './inspection/run-text';
import { example, positive } from './options';

/** `list`, `show`, `compare` and `clean`: what has been run. */
export function addInspectionCommands(program: Command): void {
  program
    .command('list')
    .description('the runs in results/: state, times, scores')
    .argument('[runs...]', 'only these: names, experiments or sweeps')
    .option('--json', 'as JSON')
    .addHelpText('after', example('list', 'list experiments/sweeps/learning-rate.yaml'))
    .action((wanted, { json }) => {
      const runs = wanted.length > 0 ? runsOf(wanted) : listRuns();
      if (json) console.log(JSON.stringify(runs.map(runJson), null, 2));
      else
        console.log(runs.length > 0 ? runListText(runs, paintFor(process.stdout)).trimEnd() : 'There are no runs yet.');
    });

  program
    .command('show')
    .description('all about one run')
    .argument('<run>', 'its folder, the beginning or end of its name, or the experiment that makes it')
    .option('--json', 'as JSON')
    .addHelpText('after', example('show experiments/synthetic/base.yaml', 'show 9cd3cfdd'))
    .action((wanted, { json }) => {
      const run = findRun(wanted);
      console.log(json ? JSON.stringify(runJson(run), null, 2) : runText(run).trimEnd());
    });

  program
    .command('compare')
    .description('runs side by side: how their configurations differ, scores, curves')
    .argument('<runs...>', 'names, experiments or sweeps')
    .addOption(new Option('--csv', 'one line per run, full precision').conflicts(['md', 'json']))
    .addOption(new Option('--md', 'as Markdown, with the curves as a table').conflicts(['json']))
    .option('--json', 'as JSON, with every epoch')
    .option('--figure <folder>', 'also draw the validation loss, as PNG, SVG and HTML')
    .addHelpText('after', example('compare experiments/synthetic/base.yaml experiments/synthetic/pretrained.yaml'))
    .action(async (wanted, { csv, md, json, figure }) => {
      const runs = runsOf(wanted);
      process.stdout.write(comparison(runs, csv ? 'csv' : md ? 'md' : json ? 'json' : 'text'));
      if (figure) await writeCurves(runs, figure);
    });

  program
    .command('clean')
    .description('delete runs that came to nothing: failed, interrupted, not started; never one that is running')
    .argument('[runs...]', 'exactly these runs instead, whatever their state')
    .option('--unused', 'also finished runs that no experiment or sweep below experiments/ makes any more')
    .option('--older-than <days>', 'only what has not changed for so many days', positive)
    .option('--yes', 'delete them; without it they are only listed')
    .option('--json', 'as JSON')
    .addHelpText('after', example('clean', 'clean --unused --older-than 30 --yes'))
    .action(async (wanted, { unused, olderThan: olderThanDays, yes = false, json }) => {
      const used = unused ? usedFolders() : undefined;
      const queued = await queuedFolders();
      const found = wanted.length > 0 ? runsOf(wanted) : deletableRuns(listRuns(), { used, olderThanDays });
      const runs = found.filter(({ folder }) => !queued.has(folder));
      const sizes = runs.map(({ folder }) => sizeOf(folder));
      if (yes) for (const { folder } of runs) deleteRun(folder);
      const all = `${runs.length} runs, ${sizeText(sizes.reduce((sum, size) => sum + size, 0))}`;
      if (json) {
        const rows = runs.map(({ name, folder, state }, index) => ({ name, folder, state, bytes: sizes[index] }));
        console.log(JSON.stringify({ deleted: yes, runs: rows }, null, 2));
        return;
      }
      for (const [index, { folder, state }] of runs.entries())
        console.log(`${folder}  ${state}  ${sizeText(sizes[index])}`);
      console.log(yes ? `${all} deleted` : `${all}; --yes deletes them`);
    });
}
