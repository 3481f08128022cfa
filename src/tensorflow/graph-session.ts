import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backend } from './backend';
import { type Endpoint, GRAPH_TAG, type Graph } from './graph';
import type { tf } from './tensorflow';

/** Values for endpoints of a graph, in place of what it would compute there. */
export type Feeds = readonly (readonly [Endpoint, tf.Tensor])[];

/** A graph loaded into TensorFlow, with the values of its variables. */
export class GraphSession {
  private readonly id: number;
  private disposed = false;

  /** @throws Error with TensorFlow's message, which names the node, for a graph that it refuses */
  constructor(graph: Graph) {
    const folder = mkdtempSync(join(tmpdir(), 'tensorflow-graph-'));
    try {
      writeFileSync(join(folder, 'saved_model.pb'), graph.encode());
      this.id = backend().binding.loadSavedModel(folder, GRAPH_TAG);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /**
   * Computes some endpoints and all they depend on, in one call.
   *
   * @returns the values, owned by the tidy around the call
   */
  run(feeds: Feeds, fetches: readonly Endpoint[]): tf.Tensor[] {
    if (fetches.length === 0) return [];
    const ids = backend().getInputTensorIds(feeds.map(([, tensor]) => tensor));
    const names = feeds.map(([endpoint]) => endpoint);
    const outputs = backend().binding.runSavedModel(this.id, ids, names.join(','), fetches.join(','));
    return outputs.map((metadata) => backend().createOutputTensor(metadata));
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    backend().binding.deleteSavedModel(this.id);
  }
}
