import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { KernelAPI, KernelConnection, type KernelMessage } from '@jupyterlab/services';
import { RunnerError } from './errors';
import type { JupyterServer } from './jupyter-server';
import { findKernelProcess, watchKernelProcess } from './kernel-process';
import { firstOf, type Outcome } from './outcome';
import { killTree } from './processes';
import { errorText, type Hooks, kernelHooks, uncaughtErrorText } from './tslab';

/** nbclient's timings of a cell, ISO 8601, from the kernel's own messages. */
export type Timings = Record<string, string>;

export interface ExecuteOptions {
  /** Seconds; without it a cell may take for ever. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
  /** Each output message of the cell, in order. */
  onOutput?: (message: KernelMessage.IIOPubMessage) => void;
}

type Future = ReturnType<KernelConnection['requestExecute']>;

const startSeconds = 60;
/** Milliseconds that messages under way are waited for when the kernel says no more, as when it died. */
const drainTime = 300;

/** One kernel, from its start to its end. */
export class Kernel {
  private busy = false;
  /** Messages on the output channel so far. */
  private received = 0;
  /** Takes updates of displays, which the library hands to no cell but the one that made the display. */
  private onUpdate: ExecuteOptions['onOutput'];
  private writes: string[] = [];
  private readonly futures = new Set<Future>();
  private onUncaught = () => {};

  private constructor(
    private readonly server: JupyterServer,
    private readonly connection: KernelConnection,
    readonly pid: number,
    private readonly hooks: Hooks,
    /** Resolves, with what is known of the reason, when the kernel or its server is gone. */
    private readonly gone: Promise<string>,
    private readonly stopWatching: () => void,
  ) {
    connection.iopubMessage.connect((_, message) => {
      if (message.header.msg_type === 'update_display_data') this.onUpdate?.(message);
    });
  }

  /** @throws RunnerError if the kernel does not come up; the signal's reason if aborted. */
  static async start(server: JupyterServer, kernelName: string, signal?: AbortSignal): Promise<Kernel> {
    const model = await KernelAPI.startNew({ name: kernelName }, server.settings).catch((cause) => {
      throw new RunnerError(`The kernel "${kernelName}" did not start: ${cause.message}`, doctor, 1, { cause });
    });
    const pid = await findKernelProcess(`kernel-${model.id}.json`);
    if (pid === undefined)
      throw new RunnerError(`The kernel "${kernelName}" ended as soon as it started${server.logTail()}`, doctor);

    const hooks = kernelHooks(
      `runner:${randomBytes(16).toString('hex')}`,
      path.join(server.folder, `exit-${model.id}`),
    );
    const watch = watchKernelProcess(pid, hooks.exitFile);
    const gone = Promise.race([watch.gone, server.ended]);
    const connection = quietly(
      () => new KernelConnection({ model, serverSettings: server.settings, handleComms: false }),
    );
    const kernel = new Kernel(server, connection, pid, hooks, gone, watch.stop);
    try {
      connection.info.catch(() => {});
      const outcome = await firstOf(
        connection.info.then(() => 'up' as const),
        gone,
        startSeconds,
        signal,
      );
      if (outcome !== 'up')
        throw new RunnerError(
          `The kernel "${kernelName}" did not start: ${outcome.errorText}${server.logTail()}`,
          doctor,
        );
      const prelude = await kernel.execute(hooks.prelude, { timeoutSeconds: startSeconds, signal });
      if (prelude.status === 'interrupted') signal?.throwIfAborted();
      if (prelude.status !== 'ok')
        throw new RunnerError(`The kernel did not take its first cell: ${prelude.errorText}`, doctor);
    } catch (error) {
      await kernel.kill();
      signal?.throwIfAborted();
      throw error;
    }
    return kernel;
  }

  /** Executes a cell and returns when its last output is in. Never rejects on account of the cell. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<Outcome & { timings: Timings }> {
    const { timeoutSeconds, signal, onOutput } = options;
    const timings: Timings = {};
    this.disposeFutures();
    this.writes = [];
    this.busy = true;
    this.onUpdate = onOutput;
    let uncaught = false;
    const alarm = new Promise<'uncaught'>((resolve) => {
      this.onUncaught = () => {
        uncaught = true;
        resolve('uncaught');
      };
    });

    const settled = this.settle(code, onOutput, timings);
    // An exception from a callback may leave the cell waiting for ever, so it gets little time to finish.
    const result = await firstOf(
      Promise.race([settled, alarm.then(() => Promise.race([settled, Bun.sleep(1000).then(() => 'stuck' as const)]))]),
      this.gone,
      timeoutSeconds,
      signal,
    );

    if (typeof result === 'object') {
      await (result.status === 'died' ? Bun.sleep(drainTime) : this.kill());
      return { ...result, timings };
    }
    this.busy = result === 'stuck';
    if (uncaught || result === 'uncaught') {
      return { status: 'error', errorText: uncaughtErrorText(this.writes), timings };
    }
    return result === 'ok'
      ? { status: 'ok', timings }
      : { status: 'error', errorText: errorText(this.writes), timings };
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

  /** Sends a cell and waits for its answer and outputs. */
  private async settle(code: string, onOutput: ExecuteOptions['onOutput'], timings: Timings) {
    for (let attempt = 1; ; attempt++) {
      const cell = this.send(code, onOutput, timings);
      const reply = await cell.reply;
      const check = await this.flush(cell, onOutput);
      if (reply === 'ok') return check === 'error' ? 'uncaught' : 'ok';
      // For 200 ms after an error tslab turns cells away.
      if (reply !== 'abort' || attempt === 5) return 'error';
      await Bun.sleep(250);
    }
  }

  /**
   * Waits for the outputs of a cell that has been answered. The answer and the outputs come by different channels, and of
   * many messages at once tslab loses the last, `idle` with them. So a second, hidden cell is sent: once its own messages
   * arrive, those before it have arrived or never will. It also tells of uncaught exceptions, by failing.
   */
  private async flush(cell: SentCell, onOutput: ExecuteOptions['onOutput']): Promise<string> {
    const check = this.send(this.hooks.check, onOutput);
    const reply = await check.reply;
    let arrived = false;
    Promise.race([cell.idle, check.firstMessage]).then(() => {
      arrived = true;
    });
    // If those are lost as well: until nothing has come for two seconds.
    for (let seen = -1; !arrived && seen !== this.received; ) {
      seen = this.received;
      await Promise.race([cell.idle, check.firstMessage, Bun.sleep(2000)]);
    }
    return reply;
  }

  private send(code: string, onOutput: ExecuteOptions['onOutput'], timings: Timings = {}): SentCell {
    const future = this.connection.requestExecute({ code, stop_on_error: true, allow_stdin: false }, false);
    this.futures.add(future);
    const idle = Promise.withResolvers<void>();
    const firstMessage = Promise.withResolvers<void>();
    const reply = Promise.withResolvers<string>();
    future.onIOPub = (message) => {
      this.received++;
      firstMessage.resolve();
      if (message.header.msg_type === 'status') {
        const { execution_state: state } = message.content as { execution_state: string };
        timings[`iopub.status.${state}`] ??= dateOf(message);
        if (state === 'idle') idle.resolve();
      } else if (message.header.msg_type === 'execute_input') {
        timings['iopub.execute_input'] ??= dateOf(message);
      } else {
        this.receive(message, onOutput);
      }
    };
    future.onReply = (message) => {
      // tslab dates its reply with the moment of the request.
      timings['shell.execute_reply'] = new Date().toISOString();
      reply.resolve(message.content.status);
    };
    return { idle: idle.promise, firstMessage: firstMessage.promise, reply: reply.promise };
  }

  private receive(message: KernelMessage.IIOPubMessage, onOutput: ExecuteOptions['onOutput']): void {
    const { name, text } = message.content as { name?: string; text?: string };
    if (message.header.msg_type === 'stream' && name === 'stderr' && text) {
      // Also the hidden cell's own failure, which quotes the marker.
      if (text.includes(this.hooks.marker)) {
        this.onUncaught();
        return;
      }
      this.writes.push(text);
    }
    onOutput?.(message);
  }

  /** Futures stay open after a cell, so that what it still prints is shown with it, until the next cell starts. */
  private disposeFutures(): void {
    for (const future of this.futures) future.dispose();
    this.futures.clear();
  }
}

interface SentCell {
  reply: Promise<string>;
  idle: Promise<void>;
  firstMessage: Promise<void>;
}

const doctor = 'Run `npm run doctor` for a check-up.';

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
