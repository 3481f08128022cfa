import path from 'node:path';

/**
 * Mends two faults of tslab 1.0.22 that long runs meet, before it starts. Nothing in node_modules is changed.
 *
 * @param {NodeJS.Require} require resolves from the project folder
 */
export function repairTslab(require) {
  sendWithoutLimit(require('zeromq').Publisher);
  watchSourcesOnly(require('@tslab/typescript-for-tslab').sys);
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
