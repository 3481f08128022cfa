import { type ChildProcess, spawn } from 'node:child_process';
import { nativeCompiler } from './native-compiler';

interface Waiting {
  resolve: (result: never) => void; // who asks knows what is answered
  reject: (error: Error) => void;
}

interface RpcMessage {
  id?: number;
  method?: string;
  params?: { items?: unknown[] };
  result?: unknown;
  error?: { message: string };
}

/** Completions are of what a cell has, not of what it might import, and nothing is fetched from npm for them. */
const SETTINGS = {
  suggest: { autoImports: false },
  disableAutomaticTypeAcquisition: true,
  tsserver: { automaticTypeAcquisition: { enabled: false } },
};

/** TypeScript's native language server, in a process that ends with this one: JSON-RPC as the Language Server Protocol has it. */
export class LanguageServer {
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private readonly ready: Promise<unknown>;
  private received: Buffer = Buffer.alloc(0);
  private requests = 0;

  constructor(root: string) {
    this.process = spawn(nativeCompiler(root), ['--lsp', '--stdio'], { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] });
    this.process.stdout!.on('data', (bytes: Buffer) => this.receive(bytes));
    this.process.stdin!.on('error', () => {}); // told by its end
    this.process.once('error', (error) => this.fail(error));
    this.process.once('exit', (code) => this.fail(new Error(`The language server ended with exit code ${code}.`)));
    const capabilities = {
      textDocument: { hover: { contentFormat: ['plaintext'] } },
      workspace: { configuration: true },
    };
    const initializationOptions = { disablePushDiagnostics: true };
    this.ready = this.send('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities,
      initializationOptions,
    });
    this.ready.catch(() => {}); // told to who asks
    this.tell('initialized', {});
  }

  async ask<T>(method: string, params: object): Promise<T> {
    await this.ready;
    return this.send(method, params);
  }

  tell(method: string, params: object): void {
    this.ready.then(
      () => this.write({ method, params }),
      () => {},
    );
  }

  stop(): void {
    this.process.stdin!.end();
  }

  private send<T>(method: string, params: object): Promise<T> {
    const id = ++this.requests;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.write({ id, method, params });
    });
  }

  private write(message: object): void {
    const content = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.process.stdin!.write(`Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`);
  }

  private receive(bytes: Buffer): void {
    this.received = Buffer.concat([this.received, bytes]);
    for (;;) {
      const start = this.received.indexOf('\r\n\r\n') + 4;
      const end = start + Number(/Content-Length: (\d+)/i.exec(this.received.toString('latin1', 0, start))?.[1]);
      // NaN where the header is not whole yet.
      if (!(end <= this.received.length)) return;
      const content = this.received.toString('utf8', start, end);
      this.received = this.received.subarray(end);
      this.handle(JSON.parse(content));
    }
  }

  private handle({ id, method, params, result, error }: RpcMessage): void {
    if (id === undefined) return; // it tells what it does
    if (method) {
      this.write({ id, result: params?.items?.map(() => SETTINGS) ?? null });
      return;
    }
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiting?.reject(new Error(error.message));
    else waiting?.resolve(result as never);
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
