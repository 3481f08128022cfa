import { type ChildProcess, spawn } from 'node:child_process';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { nativeCompiler } from './native-compiler';

/** TypeScript's native compiler as a server, which ends with this process. */
export class NativeServer {
  private readonly process: ChildProcess;
  private readonly connection: MessageConnection;
  /** Whether it has come to its end, by itself or not. */
  hasEnded = false;

  private readonly ending: NodeJS.Timeout;

  /**
   * @param idle milliseconds without a question after which it is ended, for it holds 100 MB and more
   * @param settings what it is answered when it asks for its configuration
   */
  constructor(root: string, mode: readonly string[], idle: number, settings: unknown = null) {
    this.ending = setTimeout(() => this.stop(), idle).unref();
    // An interrupt of a kernel goes to all of its process group, and would end this one.
    this.process = spawn(nativeCompiler(root), mode, { cwd: root, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    const { stdin, stdout } = this.process;
    this.connection = createMessageConnection(new StreamMessageReader(stdout!), new StreamMessageWriter(stdin!));
    this.connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) =>
      items.map(() => settings),
    );
    this.connection.onRequest(() => null);
    for (const end of ['error', 'exit']) this.process.once(end, () => this.end());
    this.connection.listen();
  }

  async ask<T>(method: string, params: object): Promise<T> {
    if (!this.hasEnded) this.ending.refresh();
    return this.connection.sendRequest<T>(method, params);
  }

  tell(method: string, params: object): void {
    if (!this.hasEnded) this.connection.sendNotification(method, params).catch(() => {}); // told by its end
  }

  stop(): void {
    this.end();
    this.process.stdin!.end();
  }

  /** Whoever waits for an answer is told. */
  private end(): void {
    clearTimeout(this.ending);
    if (!this.hasEnded) this.connection.dispose();
    this.hasEnded = true;
  }
}
