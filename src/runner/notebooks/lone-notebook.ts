import path from 'node:path';
import { shortHash } from '../../configuration/canonical-json';
import { slug } from '../../files/project-path';
import { consoleView } from '../console/console-view';
import { withSignals } from '../signals';
import { readNotebook } from './notebook';
import { type JobResult, type RunNotebooksOptions, runNotebooks } from './notebook-jobs';
import { shown } from './papermill';
import { parseParameters } from './parameters';

export interface RunNotebookFileOptions extends Pick<RunNotebooksOptions, 'html' | 'timeoutSeconds' | 'view'> {
  /** `name=value`, as on the command line. */
  parameters?: string[];
  /** The run folder; by default `results/<notebook>`, with a hash of the parameters if there are any. */
  output?: string;
}

/**
 * Runs one TypeScript notebook, any, with parameters. It is always run: what it depends on is not known.
 *
 * @throws RunnerError for a wrong notebook or parameter, and for what goes wrong in it
 */
export async function runNotebookFile(file: string, options: RunNotebookFileOptions = {}): Promise<JobResult> {
  const { parameters: settings = [], html = true, timeoutSeconds, view = consoleView() } = options;
  const parameters = await parseParameters(await readNotebook(file), settings, file);
  const name = slug(path.basename(file, '.ipynb')) || 'notebook';
  const suffix = settings.length > 0 ? `-${shortHash([shown(path.resolve(file)), parameters])}` : '';
  const job = { name, folder: options.output ?? `results/${name}${suffix}`, notebooks: [file], parameters };
  const [result] = await withSignals((signal) =>
    runNotebooks([job], { view, signal, html, timeoutSeconds, force: true }),
  );
  return result;
}
