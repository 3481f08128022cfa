import { KernelAPI, KernelConnection, type KernelMessage } from '@jupyterlab/services';
import { exitFile } from '../../kernel/exit-code';
import { KERNEL_NAME } from '../../setup/kernelspec.mjs';
import { RunnerError } from '../errors';
import { isRunning, killTree } from '../processes';
import { CHECK_UP, type JupyterServer } from './jupyter-server';
import { findKernelProcess, watchKernelProcess } from './kernel-process';
import { firstOf, type Outcome, type ThrownError } from './outcome';

/** nbclient's timings of a cell, ISO 8601, from the kernel's own messages. */
export type Timings = Record<string, string>;

export interface ExecuteOptions {
  /** Seconds; without it a cell may take for ever. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
  /** The kernel does not count the cell. */
  silent?: boolean;
  /** Each output message of the cell, in order. */
  onOutput?: (message: KernelMessage.IIOPubMessage) => void;
}

type Future = ReturnType<KernelConnection['requestExecute']>;

const startSeconds = 60;
/** Milliseconds that messages under way are waited for when the kernel says no more, as when it died. */
const drainTime = 300;

/** Of a kernel that ended before it answered. */
class EndedAtStart extends RunnerError {}

/** One kernel, from its start to its end. */
export class Kernel {
  private busy = false;
  /** Takes updates of displays, which the library hands to no cell but the one that made the display. */
  private onUpdate: ExecuteOptions['onOutput'];
  private readonly futures = new Set<Future>();

  private constructor(
    private readonly server: JupyterServer,
    private readonly connection: KernelConnection,
    readonly pid: number,
    /** Resolves, with what is known of the reason, when the kernel or its server is gone. */
    private readonly gone: Promise<string>,
    private readonly stopWatching: () => void,
  ) {
    connection.iopubMessage.connect((_, message) => {
      if (message.header.msg_type === 'update_display_data') this.onUpdate?.(message);
    });
  }

  /**
   * @param notebook that it is for, below the project folder: the kernel starts in its folder
   * @throws RunnerError if the kernel does not come up; the signal's reason if aborted.
   */
  static async start(server: JupyterServer, signal?: AbortSignal, notebook?: string): Promise<Kernel> {
    try {
      return await Kernel.startOnce(server, signal, notebook);
    } catch (error) {
      if (!(error instanceof EndedAtStart)) throw error;
      // Most likely another process took a port that Jupyter had chosen for it.
      return Kernel.startOnce(server, signal, notebook);
    }
  }

  private static async startOnce(server: JupyterServer, signal?: AbortSignal, notebook?: string): Promise<Kernel> {
    const model = await KernelAPI.startNew({ name: KERNEL_NAME, path: notebook } as never, server.settings).catch(
      (cause) => {
        throw new RunnerError(`The kernel "${KERNEL_NAME}" did not start: ${cause.message}`, CHECK_UP, 1, { cause });
      },
    );
    const connectionFile = `kernel-${model.id}.json`;
    const pid = await findKernelProcess(connectionFile);
    if (pid === undefined)
      throw new EndedAtStart(`The kernel "${KERNEL_NAME}" ended as soon as it started${server.logTail()}`, CHECK_UP);

    const watch = watchKernelProcess(pid, exitFile(server.folder, connectionFile));
    const gone = Promise.race([watch.gone, server.ended]);
    const connection = quietly(
      () => new KernelConnection({ model, serverSettings: server.settings, handleComms: false }),
    );
    const kernel = new Kernel(server, connection, pid, gone, watch.stop);
    try {
      connection.info.catch(() => {});
      const outcome = await firstOf(
        connection.info.then(() => 'up' as const),
        gone,
        startSeconds,
        signal,
      );
      if (outcome !== 'up') {
        const problem = `The kernel "${KERNEL_NAME}" did not start: ${outcome.errorText}${server.logTail()}`;
        // Where the server ended there is none to start another kernel.
        const endedAlone = outcome.status === 'died' && !isRunning(pid);
        throw new (endedAlone ? EndedAtStart : RunnerError)(problem, CHECK_UP);
      }
    } catch (error) {
      await kernel.kill();
      signal?.throwIfAborted();
      throw error;
    }
    return kernel;
  }

  /** Executes a cell and returns when its last output is in. Never rejects on account of the cell. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<Outcome & { timings: Timings }> {
    const { timeoutSeconds, signal, silent = false, onOutput } = options;
    const timings: Timings = {};
    this.disposeFutures();
    this.busy = true;
    this.onUpdate = onOutput;
    let error: ThrownError | undefined;
    const sent = this.send({ code, silent }, timings, (message) => {
      if (message.header.msg_type === 'error') error = toFailure(message.content as ErrorContent);
      else onOutput?.(message);
    });
    const result = await firstOf(sent, this.gone, timeoutSeconds, signal);
    if (typeof result === 'object') {
      await (result.status === 'died' ? Bun.sleep(drainTime) : this.kill());
      return { ...result, timings };
    }
    this.busy = false;
    if (result === 'ok') return { status: 'ok', timings };
    return { ...(error ?? { status: 'error', errorText: 'The kernel said no more than that it failed.' }), timings };
  }

  /** Ends the kernel: in order when it is idle, at once when a cell still runs. Ended already is fine. */
  async stop(): Promise<void> {
    if (this.busy) return this.kill();
    if (!this.disconnect()) return;
    await this.forget();
    killTree(this.pid);
  }

  async kill(): Promise<void> {
    killTree(this.pid);
    // What it sent before is still on its way.
    await Bun.sleep(drainTime);
    if (this.disconnect()) await this.forget();
  }

  /** Lets the server drop the kernel; it waits for its process, and ends it after two seconds. */
  private async forget(): Promise<void> {
    await KernelAPI.shutdownKernel(this.connection.id, this.server.settings).catch(() => {});
  }

  /** @returns whether there was a connection to end */
  private disconnect(): boolean {
    if (this.connection.isDisposed) return false;
    this.stopWatching();
    this.disposeFutures();
    this.connection.dispose();
    return true;
  }

  /** Sends a cell and waits until it is answered and its outputs are in. @returns the status of the answer */
  private async send(
    cell: { code: string; silent: boolean },
    timings: Timings,
    onMessage: NonNullable<ExecuteOptions['onOutput']>,
  ) {
    const future = this.connection.requestExecute({ ...cell, stop_on_error: true, allow_stdin: false }, false);
    this.futures.add(future);
    future.onIOPub = (message) => {
      if (message.header.msg_type === 'status') {
        const { execution_state: state } = message.content as { execution_state: string };
        timings[`iopub.status.${state}`] ??= dateOf(message);
      } else if (message.header.msg_type === 'execute_input') {
        timings['iopub.execute_input'] ??= dateOf(message);
      } else {
        onMessage(message);
      }
    };
    future.onReply = (message) => {
      timings['shell.execute_reply'] = dateOf(message);
    };
    return (await future.done).content.status;
  }

  /** Futures stay open after a cell, so that what it still prints is shown with it, until the next cell starts. */
  private disposeFutures(): void {
    for (const future of this.futures) future.dispose();
    this.futures.clear();
  }
}

interface ErrorContent {
  ename: string;
  evalue: string;
  traceback: string[];
}

function toFailure({ ename, evalue, traceback }: ErrorContent): ThrownError {
  return { status: 'error', errorText: traceback.join('\n'), error: { ename, evalue, traceback } };
}

function dateOf({ header }: KernelMessage.IMessage): string {
  return header.date || new Date().toISOString();
}

/** `@jupyterlab/services` announces each connection with console.debug. */
function quietly<T>(action: () => T): T {
  const { debug } = console;
  console.debug = () => {};
  try {
    return action();
  } finally {
    console.debug = debug;
  }
}
