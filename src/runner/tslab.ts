/**
 * What is particular to the tslab kernel. It reports a failed cell by text on standard error and a bare "error" in the
 * reply; an exception that nobody catches is only printed, and the cell counts as fine.
 */

/** Cells that the runner executes on the quiet, and how to read what they say. */
export interface Hooks {
  /** Executed once, first. */
  prelude: string;
  /** Executed after each cell: fails if an exception went uncaught since the one before. */
  check: string;
  /** Printed to standard error, as a message of its own, right after an uncaught exception. */
  marker: string;
  /** Where the kernel leaves its exit code when it ends in order, by process.exit for instance. */
  exitFile: string;
}

export function kernelHooks(marker: string, exitFile: string): Hooks {
  const flag = `(globalThis as any)[Symbol.for('runner.uncaught')]`;
  return {
    marker,
    exitFile,
    // An exception thrown by tslab's own code, by its file watcher for instance, is not the notebook's.
    prelude: `{
      const report = (error: any) => {
        const frame = String(error && error.stack).split('\\n').find((line) => /^ +at /.test(line));
        if (frame && /node_modules.@?tslab./.test(frame)) return;
        ${flag} = true;
        try { process.stderr.write(${JSON.stringify(marker)}); } catch {}
      };
      process.on('uncaughtException', report);
      process.on('unhandledRejection', report);
      process.on('exit', (code) => require('fs').writeFileSync(${JSON.stringify(exitFile)}, String(code)));
    }`,
    // Node reports a rejection between two turns of the event loop, and tslab's sockets do not always make one.
    check: `await new Promise((done) => setTimeout(() => setImmediate(done), 0));
      if (${flag}) { ${flag} = false; throw new Error(${JSON.stringify(marker)}); }`,
  };
}

/**
 * The error among what a cell wrote to standard error, one entry for each write: the trailing diagnostics of the
 * compiler ("3:7 - Cannot find name"), or the last exception printed, without the frames of tslab and Node's vm.
 */
export function errorText(writes: string[]): string {
  const diagnostic = /^(\S+ )?\d+:\d+ - /;
  const last = writes.at(-1);
  if (last === undefined) return 'The kernel said no more than that it failed.';
  let first = writes.length;
  while (first > 0 && diagnostic.test(writes[first - 1])) first--;
  return first < writes.length ? writes.slice(first).join('') : withoutKernelFrames(last);
}

/** As {@link errorText}, for an exception that was not caught. */
export function uncaughtErrorText(writes: string[]): string {
  const printed = writes.filter((text) => /^(UncaughtException|UnhandledPromiseRejection): /.test(text));
  return printed.length > 0 ? printed.map(withoutKernelFrames).join('') : errorText(writes);
}

function withoutKernelFrames(text: string): string {
  const frame = /^\s+at .*(node_modules\/tslab\/dist\/|node:vm:|node:internal\/)/;
  return text
    .split('\n')
    .filter((line) => !frame.test(line))
    .join('\n');
}

/** "ReferenceError: x is not defined" → its name and value, as nbformat's error output wants them. */
export function nameAndValue(text: string): { ename: string; evalue: string } {
  const exception = /^(?:UncaughtException: |UnhandledPromiseRejection: )?([A-Z]\w*)(?: \[\w+\])?: (.*)$/m.exec(text);
  return exception
    ? { ename: exception[1], evalue: exception[2] }
    : { ename: 'Error', evalue: text.trim().split('\n')[0] };
}
