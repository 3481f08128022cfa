import { type ChildProcess, spawn } from 'node:child_process';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import { nativeCompiler } from './native-compiler';

/** Completions are of what a cell has, not of what it might import, and nothing is fetched from npm for them. */
const SETTINGS = {
  suggest: { autoImports: false },
  disableAutomaticTypeAcquisition: true,
  tsserver: { automaticTypeAcquisition: { enabled: false } },
};

/** TypeScript's native language server (Language Server Protocol), in a process that ends with this one. */
export class LanguageServer {
  private readonly process: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly ready: Promise<void>;

  constructor(root: string) {
    this.process = spawn(nativeCompiler(root), ['--lsp', '--stdio'], { cwd: root, stdio: ['pipe', 'pipe', 'ignore'] });
    const { stdin, stdout } = this.process;
    this.connection = createMessageConnection(new StreamMessageReader(stdout!), new StreamMessageWriter(stdin!));
    this.connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) =>
      items.map(() => SETTINGS),
    );
    this.connection.onRequest(() => null);
    // Whoever waits for an answer is told.
    for (const end of ['error', 'exit']) this.process.once(end, () => this.connection.dispose());
    this.connection.listen();
    this.ready = this.initialize();
    this.ready.catch(() => {}); // told to who asks
  }

  async ask<T>(method: string, params: object): Promise<T> {
    await this.ready;
    return this.connection.sendRequest<T>(method, params);
  }

  tell(method: string, params: object): void {
    this.ready.then(() => this.connection.sendNotification(method, params)).catch(() => {}); // told by its end
  }

  stop(): void {
    this.process.stdin!.end();
  }

  private async initialize(): Promise<void> {
    await this.connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        textDocument: { hover: { contentFormat: ['plaintext'] } },
        workspace: { configuration: true },
      },
      initializationOptions: { disablePushDiagnostics: true },
    });
    await this.connection.sendNotification('initialized', {});
  }
}
