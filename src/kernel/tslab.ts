import type { CompiledModules } from './compiled-modules.mjs';

/** A message as tslab reads and writes it. */
export interface Message {
  header: { msg_type: string };
  content: unknown;
  createReply(): Message;
  signAndSend(key: string, socket: Socket): void;
}

export interface Socket {
  sendTimeout: number;
  sendHighWaterMark: number;
}

/** tslab's sockets and the messages that it takes from them. */
export interface ZmqServer {
  iopub: Socket;
  connInfo: { key: string };
  init(): Promise<void>;
  bindSocket(socket: Socket, port: number): Promise<void>;
  handleExecute(socket: Socket, message: Message): Promise<void>;
  handleComplete(socket: Socket, message: Message): void | Promise<void>;
  handleInspect(socket: Socket, message: Message): void | Promise<void>;
}

interface JupyterModule {
  ZmqServer: new (handler: object, connectionFile: string) => ZmqServer;
  /** Called by tslab's `display`. */
  lastWriteDisplayData: ((data: unknown, update: boolean) => void) | null;
}

/**
 * tslab's wire protocol. Its compiler, with a TypeScript of its own (5.0.4, half a second to load), is left out: cells are
 * compiled by `Compiler`.
 */
export function tslabMessages({ require, compilerVersion }: CompiledModules): JupyterModule {
  const leaveOut = (name: string, instead: object) => {
    const file = require.resolve(name);
    require.cache[file] = {
      id: file,
      filename: file,
      loaded: true,
      exports: instead,
      children: [],
      paths: [],
    } as never;
  };
  leaveOut('@tslab/typescript-for-tslab', { __esModule: true, version: compilerVersion });
  leaveOut('tslab/dist/converter', { __esModule: true });
  return require('tslab/dist/jupyter') as JupyterModule;
}
