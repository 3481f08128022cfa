import type { JupyterServer } from './jupyter-server';
import { Kernel } from './kernel';

export interface KernelOrder {
  /** Of the notebook, from the project folder. */
  notebook: string;
  /** A cell that is run before the notebook's, maybe long before; '' where there is none. */
  loading: string;
}

/** A fresh kernel for each of several notebooks; the next one starts, and loads what it needs, while one is in use. */
export class KernelsInTurn {
  private starting: Promise<Kernel> | undefined;

  private readonly orders: KernelOrder[];

  constructor(
    private readonly getServer: () => Promise<JupyterServer>,
    orders: readonly KernelOrder[],
    private readonly signal?: AbortSignal,
  ) {
    this.orders = [...orders];
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
    const order = this.orders.shift();
    this.starting = order && this.started(order);
    // A failure is thrown where the kernel is asked for.
    this.starting?.catch(() => {});
  }

  private async started({ notebook, loading }: KernelOrder): Promise<Kernel> {
    const { signal } = this;
    const kernel = await Kernel.start(await this.getServer(), signal, notebook);
    // What goes wrong does so again, and is told, in the notebook's own cell.
    if (loading) await kernel.execute(loading, { silent: true, signal });
    signal?.throwIfAborted();
    return kernel;
  }
}
