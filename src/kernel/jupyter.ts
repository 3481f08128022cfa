import { writeSync } from 'node:fs';
import { CellRunner } from './cell-runner';
import type { CompiledModules } from './compiled-modules.mjs';
import { shortenTypedArrays, showTablesAsHtml } from './display';
import { type Message, type Socket, tslabMessages, type ZmqServer } from './tslab';

/** Milliseconds that messages which the client has sent already get to arrive, before a failed cell is answered. */
const ARRIVAL = 20;

interface ExecuteRequest {
  code: string;
  stop_on_error?: boolean;
  silent?: boolean;
}

/** The kernel's side of Jupyter's messages, on the sockets of tslab. */
export function serveKernel(connectionFile: string, modules: CompiledModules): CellRunner {
  const runner = new CellRunner(modules);
  const jupyter = tslabMessages(modules);
  jupyter.lastWriteDisplayData = (data: unknown, update: boolean) => runner.currentOutput()?.display(data, update);
  routePrinting(runner);
  showTablesAsHtml((data) => runner.currentOutput()?.display({ data, metadata: {}, transient: {} }, false));
  shortenTypedArrays();

  class Server extends jupyter.ZmqServer {
    private count = 0;
    private last: Promise<unknown> = Promise.resolve();
    /** Requests that have come and are not begun, told to stop when one before them fails. */
    private readonly queue = new Set<{ aborted: boolean }>();

    /** zmq refuses a message while it hands on another unless the time-out is zero, and drops some at its high-water mark. */
    override async bindSocket(socket: Socket, port: number): Promise<void> {
      socket.sendTimeout = 0;
      socket.sendHighWaterMark = 0;
      await super.bindSocket(socket, port);
    }

    override async handleExecute(socket: Socket, message: Message): Promise<void> {
      const request = message.content as ExecuteRequest;
      const entry = { aborted: false };
      this.queue.add(entry);
      const turn = this.last.then(async () => {
        this.queue.delete(entry);
        return entry.aborted ? { status: 'aborted' } : this.execute(request, message);
      });
      this.last = turn.catch(() => {});
      this.answer(socket, message, 'execute_reply', await turn);
    }

    private async execute({ code, silent, stop_on_error = true }: ExecuteRequest, message: Message): Promise<object> {
      const publish = (type: string, content: unknown) => this.answer(this.iopub, message, type, content);
      const execution_count = silent ? this.count : ++this.count;
      publish('execute_input', { code, execution_count });
      const error = await runner.run(code, execution_count, {
        stream: (name, text) => publish('stream', { name, text }),
        display: (data, update) => publish(update ? 'update_display_data' : 'display_data', data),
        result: (data) => publish('execute_result', { execution_count, data, metadata: {} }),
        clear: () => publish('clear_output', { wait: false }),
      });
      if (!error) return { status: 'ok', execution_count, user_expressions: {}, payload: [] };
      publish('error', error);
      if (stop_on_error) {
        // What was sent before the client could know of the error is not run.
        await new Promise((resolve) => setTimeout(resolve, ARRIVAL));
        for (const waiting of this.queue) waiting.aborted = true;
      }
      return { status: 'error', execution_count, ...error };
    }

    override async handleComplete(socket: Socket, message: Message): Promise<void> {
      const { code, cursor_pos } = message.content as { code: string; cursor_pos: number };
      const units = unitsOf(code, cursor_pos);
      const { start, end, matches } = await runner.complete(code, units).catch(() => ({
        start: units,
        end: units,
        matches: [],
      }));
      const [cursor_start, cursor_end] = [start, end].map((position) => charactersOf(code, position));
      this.answer(socket, message, 'complete_reply', { status: 'ok', matches, cursor_start, cursor_end, metadata: {} });
    }

    override async handleInspect(socket: Socket, message: Message): Promise<void> {
      const { code, cursor_pos } = message.content as { code: string; cursor_pos: number };
      const text = await runner.inspect(code, unitsOf(code, cursor_pos)).catch(() => undefined);
      const data = text === undefined ? {} : { 'text/plain': text };
      this.answer(socket, message, 'inspect_reply', { status: 'ok', found: text !== undefined, data, metadata: {} });
    }

    private answer(socket: Socket, message: Message, type: string, content: unknown): void {
      const reply = message.createReply();
      reply.header.msg_type = type;
      reply.content = content;
      reply.signAndSend(this.connInfo.key, socket);
    }
  }

  const server: ZmqServer = new Server(handler(runner, modules), connectionFile);
  server.init().catch(({ message }: Error) => {
    // Jupyter chose ports that were free; whoever takes one before they are bound leaves a kernel that nobody can ask.
    writeSync(2, `kernel: cannot listen: ${message}\n`);
    process.exit(1);
  });
  return runner;
}

/** What tslab's server asks for itself. */
function handler(runner: CellRunner, modules: CompiledModules) {
  return {
    handleKernel: () => ({
      protocol_version: '5.3',
      implementation: 'roadseg',
      implementation_version: '1.0.0',
      banner: `TypeScript ${modules.compilerVersion} on Node ${process.version}`,
      language_info: {
        name: 'typescript',
        version: modules.compilerVersion,
        mimetype: 'text/typescript',
        file_extension: '.ts',
        // The first is for JupyterLab, the rest for Notebook.
        codemirror_mode: { mode: 'typescript', name: 'javascript', typescript: true },
      },
    }),
    handleIsComplete: () => ({ status: 'unknown' }),
    handleShutdown: () => ({ status: 'ok', restart: false }),
    close: () => {
      void runner.stop();
      // Once the answer is on its way; what a cell left running ends here.
      setTimeout(() => process.exit(0), 50);
    },
  };
}

/** What is printed goes to the cell that began it. */
function routePrinting(runner: CellRunner): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new TextDecoder();
    process[name].write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
      const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
      runner.currentOutput()?.stream(name, text);
      const done = rest.find((each) => typeof each === 'function') as (() => void) | undefined;
      if (done) process.nextTick(done);
      return true;
    }) as typeof process.stdout.write;
  }
}

/** Jupyter counts characters, JavaScript UTF-16 units. */
function unitsOf(code: string, characters: number): number {
  return [...code].slice(0, characters).join('').length;
}

function charactersOf(code: string, units: number): number {
  return [...code.slice(0, units)].length;
}
