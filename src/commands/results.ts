import type { Command } from '@commander-js/extra-typings';
import { toText } from '../tables/tables';
import { example } from './options';

/** `results`: a page of tables and figures, made from run folders. */
export function addResultsCommand(program: Command): void {
  program
    .command('results')
    .description(
      'write a page of tables, verdicts and figures from run folders, as a YAML file says, and keep beside it what their scores are computed from; missing runs are listed',
    )
    .argument('[file]', 'the YAML that says what goes into it', 'docs/results.yaml')
    .option('--json', 'print how far each section is as JSON')
    .addHelpText('after', example('results', 'results docs/results.yaml --json'))
    .action(async (file, { json }) => {
      // Loaded here: drawing takes a browser's worth of code.
      const { writeResults } = await import('../report/results/write-results');
      const { page, sections } = await writeResults(file);
      if (json) return void console.log(JSON.stringify({ page, sections }, null, 2));
      const rows = sections.map(({ title, made, missing }) => [title, String(made), String(missing)]);
      console.log(`${toText({ header: ['section', 'runs', 'missing'], rows, text: [0] })}\n${page}`);
    });
}
