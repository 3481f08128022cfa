/** A process of its own for run-notebooks.test.ts: bun run-process.ts <folder> <notebook>. Ends as the command line does. */

import { consoleView } from '../../../src/runner/console/console-view';
import { InterruptedError, RunnerError } from '../../../src/runner/errors';
import { runNotebooks } from '../../../src/runner/notebooks/notebook-jobs';
import { withSignals } from '../../../src/runner/signals';

const [folder, notebook] = process.argv.slice(2);
try {
  const job = { name: 'test', folder, notebooks: [notebook], parameters: {} };
  await withSignals((signal) => runNotebooks([job], { signal, view: consoleView() }));
} catch (error) {
  // What nobody asked for is shown, so that a test that waits in vain says why.
  if (!(error instanceof InterruptedError)) console.error(error);
  process.exit(error instanceof RunnerError ? error.exitCode : 99);
}
process.exit(0);
