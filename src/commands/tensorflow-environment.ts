import { wantsColor } from '../runner/console/console-style';
import { inForeground } from '../runner/foreground';

/** Given to the child, so that it does not start one in turn. */
const MARKER = 'ROADSEG_TENSORFLOW_ENVIRONMENT';

/** How TensorFlow's library begins a line: a note or a warning with its place in the source, and what it says of such lines. */
const LIBRARY_NOTE = /^(?:[IW]\d{4} [\d:.]+\s+\d+ \S+:\d+\] |WARNING: All log messages before absl::InitializeLog\(\))/;

export interface EnvironmentOptions {
  /** Shows TensorFlow's own notes and warnings, too; errors, and all that is not the library's, always show. */
  verbose?: boolean;
}

/**
 * Runs a command that needs TensorFlow in this very process. Under Bun what is assigned to `process.env` does not reach the
 * native library, so the command line runs once more with the variables set from the start.
 */
export async function inTensorFlowEnvironment(
  action: () => Promise<void>,
  { verbose = false }: EnvironmentOptions = {},
): Promise<void> {
  if (process.env[MARKER] === '1') return action();
  const { tensorFlowEnvironment } = await import('../tensorflow/environment');
  process.exitCode = await inForeground([process.execPath, ...process.argv.slice(1)], {
    env: {
      ...process.env,
      ...tensorFlowEnvironment,
      [MARKER]: '1',
      // The child writes errors to a pipe, whatever this process has.
      ...(wantsColor(process.stderr) && { FORCE_COLOR: '1' }),
    },
    // No variable silences the library's first notes, which it writes before it reads any.
    onErrors: verbose ? undefined : passOn,
  });
}

/** Writes what a child writes to standard error to this process's, without the library's notes. */
async function passOn(stream: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const print = (line: string) => LIBRARY_NOTE.test(line) || process.stderr.write(line);
  let begun = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (begun + decoder.decode(part.value, { stream: true })).split(/(?<=\n)/);
    begun = lines.at(-1)?.endsWith('\n') ? '' : (lines.pop() ?? '');
    for (const line of lines) print(line);
  }
  print(begun);
}
