/** Chooses the number format of a function by timing both once on this machine, and remembers the choice on disk. */
import { createHash } from 'node:crypto';
import { backend, typeNumber } from './backend';
import { inBfloat16 } from './bfloat16';
import { type Endpoint, Graph, nodeOf, type TensorSpec } from './graph';
import { GraphSession } from './graph-session';
import { bfloat16Features } from './processor';
import type { Recording } from './recording';
import { tf } from './tensorflow';
import { TuningCache } from './tuning-cache';

/** A number format that functions are computed in. */
export type NumberFormat = 'float32' | 'bfloat16';

/** Says in which number format to compute a function. */
export interface FormatChooser {
  formatOf(recording: Recording, inputs: readonly TensorSpec[]): NumberFormat;
}

export class PrecisionTuner implements FormatChooser {
  /** @param features instruction sets that make bfloat16 fast; without any float32 is taken and nothing timed */
  constructor(
    private readonly cache = new TuningCache(),
    private readonly features = bfloat16Features(),
  ) {}

  /** The batch does not matter: an epoch's last, smaller one is computed as the others are. */
  formatOf(recording: Recording, inputs: readonly TensorSpec[]): NumberFormat {
    if (this.features.length === 0) return 'float32';
    const operations = recording.nodes.map(({ operation, attributes }) => [operation, attributes]);
    const shapes = inputs.map(({ shape, dtype }) => [shape.slice(1), dtype]);
    const weights = recording.variables.map(({ variable }) => variable.shape);
    const text = JSON.stringify([operations.filter(([operation]) => operation !== 'Placeholder'), shapes, weights]);
    const key = createHash('sha256').update(text).digest('hex').slice(0, 16);
    const { precisions } = this.cache.content;
    const known = FORMATS.find((format) => format === precisions[key]?.format);
    if (known) return known;
    const milliseconds = timeFormats(recording, inputs);
    const format = milliseconds.bfloat16 < CLEARLY * milliseconds.float32 ? 'bfloat16' : 'float32';
    precisions[key] = { format, milliseconds };
    this.cache.save();
    return format;
  }
}

const FORMATS: readonly NumberFormat[] = ['float32', 'bfloat16'];

/** bfloat16 is chosen when it takes at most this share of float32's time: what it gains should be worth the digits. */
const CLEARLY = 0.9;

/** Rounds of timing after a first one that only warms up; one is enough where a format takes this many times the other's time. */
const ROUNDS = 3;
const OBVIOUS = 1.5;

/** The lowest time of each format, measured in turns, so that a disturbance meets both. Nothing is assigned. */
function timeFormats(recording: Recording, inputs: readonly TensorSpec[]): Record<NumberFormat, number> {
  const candidates = { bfloat16: new TimedRecording(inBfloat16(recording)), float32: new TimedRecording(recording) };
  const lowest = { bfloat16: Number.POSITIVE_INFINITY, float32: Number.POSITIVE_INFINITY };
  tf.tidy(() => {
    const values = [
      ...inputs.map(({ shape, dtype }) => tf.zeros(shape, dtype === backend().binding.TF_FLOAT ? 'float32' : 'int32')),
      ...recording.variables.map(({ variable }) => tf.zeros(variable.shape, variable.dtype as 'float32')),
    ];
    for (const format of FORMATS) candidates[format].milliseconds(values);
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const format of FORMATS) lowest[format] = Math.min(lowest[format], candidates[format].milliseconds(values));
      const ratio = lowest.float32 / lowest.bfloat16;
      if (Math.max(ratio, 1 / ratio) > OBVIOUS) break;
    }
  });
  for (const candidate of Object.values(candidates)) candidate.dispose();
  return { float32: Number(lowest.float32.toFixed(1)), bfloat16: Number(lowest.bfloat16.toFixed(1)) };
}

/** A recorded function in a session of its own, its variables being fed as its inputs are. */
class TimedRecording {
  private readonly session: GraphSession;
  private readonly fed: string[];
  /** What it computes is fetched: of what only has to run before something else, TensorFlow drops all but the order. */
  private readonly fetched: Endpoint[];

  constructor(recording: Recording) {
    const graph = new Graph();
    for (const { variable, value } of recording.variables)
      graph.placeholder(nodeOf(value), { shape: variable.shape, dtype: typeNumber(variable.dtype) });
    for (const node of recording.nodes) graph.addNode(node);
    this.fetched = [
      ...new Set([...recording.outputs, ...recording.variables.flatMap(({ assigned }) => assigned ?? [])]),
    ];
    this.fed = [...recording.inputs, ...recording.variables.map(({ value }) => value)];
    this.session = new GraphSession(graph);
  }

  milliseconds(values: readonly tf.Tensor[]): number {
    const started = performance.now();
    tf.dispose(
      this.session.run(
        this.fed.map((endpoint, index) => [endpoint, values[index]] as const),
        this.fetched,
      ),
    );
    return performance.now() - started;
  }

  dispose(): void {
    this.session.dispose();
  }
}
