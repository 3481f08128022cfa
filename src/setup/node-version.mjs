/**
 * The check that must run on any Node, so this file and main.mjs keep to syntax that Node 12 can read.
 */

const OLDEST_NODE = '20.19.0';

/**
 * @param {string} version as `process.versions.node`, "20.19.0"
 * @returns {string | null} one line that says what is wrong and how to mend it
 */
export function nodeVersionProblem(version) {
  const found = version.split('.').map(Number);
  const oldest = OLDEST_NODE.split('.').map(Number);
  const at = oldest.findIndex((part, index) => part !== found[index]);
  if (at === -1 || found[at] > oldest[at]) return null;
  return (
    `Missing: Node ${OLDEST_NODE} or newer (found ${version}). ` +
    'Get it: https://nodejs.org/en/download, or `nvm install 22` where nvm is in use.'
  );
}
