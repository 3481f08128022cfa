import type { JupyterServer } from './jupyter-server';
import { Kernel } from './kernel';

/** A fresh kernel for each of several notebooks; the next one starts while one is in use. */
export class KernelsInTurn {
  private starting: Promise<Kernel> | undefined;

  private readonly notebooks: string[];

  /** @param notebooks paths from the project folder, in their order */
  constructor(
    private readonly server: JupyterServer,
    notebooks: readonly string[],
    private readonly signal?: AbortSignal,
  ) {
    this.notebooks = [...notebooks];
    this.start();
  }

  /** @throws as {@link Kernel.start} */
  async next(): Promise<Kernel> {
    if (!this.starting) throw new RangeError('no more kernels were asked for');
    const kernel = await this.starting;
    this.start();
    return kernel;
  }

  /** Ends the one that was started and not used. */
  async stop(): Promise<void> {
    const unused = await this.starting?.catch(() => undefined);
    await unused?.stop();
  }

  private start(): void {
    const notebook = this.notebooks.shift();
    this.starting = notebook === undefined ? undefined : Kernel.start(this.server, this.signal, notebook);
    // A failure is thrown where the kernel is asked for.
    this.starting?.catch(() => {});
  }
}
