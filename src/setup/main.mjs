/**
 * `node src/setup/main.mjs`: sets up whatever is missing and ends in a moment when nothing is; with
 * `--packages` only the npm packages, for `npm test`, which begins while the rest is set up. Plain Node, no packages:
 * it runs before anything is installed. The steps are listed in steps.mjs; their logs and stamps are in .cache/setup/.
 *
 * Only the Node version is checked here, before the other files, which an old Node could not read.
 */

import { nodeVersionProblem } from './node-version.mjs';

const problem = nodeVersionProblem(process.versions.node);
if (problem) {
  console.error(problem);
  process.exit(1);
}

import('./set-up.mjs')
  .then((module) => module.runFromCommandLine())
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
