import path from 'node:path';

/**
 * Mends three faults of tslab 1.0.22 that notebooks meet, before it starts. Nothing in node_modules is changed.
 *
 * @param {NodeJS.Require} require resolves from the project folder
 */
export function repairTslab(require) {
  sendWithoutLimit(require('zeromq').Publisher);
  watchSourcesOnly(require('@tslab/typescript-for-tslab').sys);
  spellOutShorthand(require('tslab/dist/converter.js'), require('@tslab/typescript-for-tslab'));
}

/**
 * zeromq.js hands on at most 512 messages a turn of the event loop at once and refuses more while the next is under way
 * ("Socket is busy writing"). tslab does not wait, so all but the first 500 of a burst of printed lines were lost, and the
 * cell's end with them. With a time-out of zero every message is handed on at once, and without a high-water mark ZeroMQ
 * drops none.
 *
 * @param {typeof import('zeromq').Publisher} Publisher
 */
function sendWithoutLimit({ prototype }) {
  const { bind } = prototype;
  Object.defineProperty(prototype, 'bind', {
    /**
     * @this {import('zeromq').Publisher}
     * @param {string} address
     */
    value(address) {
      this.sendTimeout = 0;
      this.sendHighWaterMark = 0;
      return bind.call(this, address);
    },
  });
}

/**
 * tslab gives TypeScript's watcher one timer where it needs two. Once something appears in node_modules while a kernel
 * runs (a package, a cache), the second is asked for, and all cells from then on fail with "Unexpected pending
 * rebuildTimer". So only sources in use are watched; a package installed meanwhile is seen by the next kernel.
 *
 * @param {{ watchFile: Function, watchDirectory: Function }} sys TypeScript's access to files
 */
function watchSourcesOnly(sys) {
  const unwatched = { close() {} };
  const { watchFile } = sys;
  sys.watchDirectory = () => unwatched;
  sys.watchFile = (/** @type {string} */ file, /** @type {unknown[]} */ ...rest) =>
    path.basename(file) === 'package.json' ? unwatched : watchFile(file, ...rest);
}

/**
 * tslab finds the names that earlier cells declared and reads them from where it keeps them, but it overlooks them in
 * shorthand properties: `show({ title })` ended in "title is not defined". So `{ title }` is compiled as `{ title: title }`.
 *
 * @param {{ createConverter: Function }} converter
 * @param {typeof import('typescript')} ts
 */
function spellOutShorthand(converter, ts) {
  const { createConverter } = converter;
  converter.createConverter = (/** @type {unknown[]} */ ...options) => {
    const made = createConverter(...options);
    const { convert } = made;
    made.convert = (/** @type {string} */ declarations, /** @type {string} */ source) =>
      convert.call(made, declarations, withoutShorthand(source, ts));
    return made;
  };
}

/**
 * @param {string} source
 * @param {typeof import('typescript')} ts
 */
function withoutShorthand(source, ts) {
  /** @type {string[]} */ const pieces = [];
  let copied = 0;
  const visit = (/** @type {import('typescript').Node} */ node) => {
    if (ts.isShorthandPropertyAssignment(node) && !node.objectAssignmentInitializer) {
      pieces.push(source.slice(copied, node.name.end), `: ${node.name.text}`);
      copied = node.name.end;
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('cell.ts', source, ts.ScriptTarget.ES2022));
  return [...pieces, source.slice(copied)].join('');
}
