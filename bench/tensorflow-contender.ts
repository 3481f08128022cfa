/**
 * A contender of `bun run bench` that runs TensorFlow: `stock` (TensorFlow.js's layers and optimizer), `eager` (this
 * project, operation by operation), `compiled`, `bfloat16` (compiled, in that format), `recompute` and `bfloat16-recompute`
 * (these with activations computed again), or `untuned` (compiled, with TensorFlow's own convolutions). `peak` is no
 * contender: its training step is a single convolution, and gives the operations per second that it reached.
 */
import { createInterface } from 'node:readline';
import { uNet } from '../src/model/decoders/u-net';
import { type Execution, executionSchema } from '../src/tensorflow/execution';
import { createProgram } from '../src/tensorflow/program';
import { tensorFlowRuntime, tf } from '../src/tensorflow/tensorflow';
import { logitRows } from '../src/training/batch-tensors';
import { createLoss, lossSchema } from '../src/training/losses';
import { adam } from '../src/training/optimizers/adam';
import { peakMemoryMiB } from './peak-memory';
import { stockUNet } from './stock-u-net';

const CLASSES = 8;

/** One training step or one prediction; gives a number that depends on all of it. */
interface Contender {
  parameters: number;
  train(): number;
  infer(): number;
}

function stock(size: number, images: tf.Tensor4D, classes: tf.Tensor1D): Contender {
  const model = stockUNet(size, CLASSES);
  const optimizer = tf.train.adam(0.001);
  const loss = () => {
    const logits = model.apply(images, { training: true }) as tf.Tensor;
    const labels = tf.oneHot(classes, CLASSES).reshape(logits.shape);
    return tf.losses.softmaxCrossEntropy(labels, logits) as tf.Scalar;
  };
  return {
    parameters: trainableParameters(model),
    train: () => tf.tidy(() => optimizer.minimize(loss, true)!.dataSync()[0]),
    infer: () => tf.tidy(() => (model.predict(images) as tf.Tensor).argMax(-1).sum().dataSync()[0]),
  };
}

function ours(execution: Execution, size: number, images: tf.Tensor4D, classes: tf.Tensor1D): Contender {
  const model = uNet({ height: size, width: size, classes: CLASSES });
  const program = createProgram(execution);
  const loss = createLoss(lossSchema.parse([{}]), { classes: CLASSES, shares: null }, { ignoring: false });
  const step = program.trainingStep({
    optimizer: adam(),
    variables: model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val),
    loss: (x, y) => loss(logitRows(model.apply(x, { training: true }) as tf.Tensor, y), y as tf.Tensor1D),
  });
  const predict = program.function((x) => [(model.apply(x, { training: false }) as tf.Tensor).argMax(-1).sum()]);
  step.prepare([images, classes] as { shape: number[]; dtype: 'float32' | 'int32' }[]);
  predict.prepare([images] as { shape: number[]; dtype: 'float32' }[]);
  return {
    parameters: trainableParameters(model),
    train: () => tf.tidy(() => step.run([images, classes], 0.001).dataSync()[0]),
    infer: () => tf.tidy(() => predict.run([images])[0].dataSync()[0]),
  };
}

function trainableParameters(model: tf.LayersModel): number {
  return model.trainableWeights.reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape as number[]), 0);
}

/** Convolutions that suit the processor: forward pass and gradient of the input, at several sizes. */
function peak(): Contender {
  const cases = [
    [64, 128, 256],
    [128, 128, 128],
    [32, 256, 512],
  ].map(([side, channels, filters]) => ({
    input: tf.ones([1, side, side, channels]) as tf.Tensor4D,
    output: tf.ones([1, side, side, filters]) as tf.Tensor4D,
    filter: tf.ones([3, 3, channels, filters]) as tf.Tensor4D,
    operations: 2 * side * side * 9 * channels * filters,
  }));
  const rate = (operations: number, action: () => tf.Tensor) => {
    const { seconds } = timed(() => tf.tidy(() => action().shape));
    return operations / seconds;
  };
  const train = () =>
    Math.max(
      ...cases.flatMap(({ input, output, filter, operations }) =>
        Array.from({ length: 4 }, () => [
          rate(operations, () => tf.conv2d(input, filter, 1, 'same')),
          rate(operations, () => tf.conv2dTranspose(output, filter, input.shape, 1, 'same')),
        ]).flat(),
      ),
    );
  return { parameters: 0, train, infer: train };
}

function timed<T>(action: () => T): { seconds: number; value: T } {
  const started = performance.now();
  const value = action();
  return { seconds: (performance.now() - started) / 1000, value };
}

async function main(kind: string, size: number, batch: number): Promise<void> {
  const images = tf.randomUniform([batch, size, size, 3], -1, 1, 'float32', '1') as tf.Tensor4D;
  const classes = tf.randomUniform([batch * size * size], 0, CLASSES, 'int32', '2') as tf.Tensor1D;
  const kinds: Record<string, () => Contender> = {
    stock: () => stock(size, images, classes),
    eager: () => ours(executionSchema.parse({ compile: false }), size, images, classes),
    compiled: () => ours(executionSchema.parse({}), size, images, classes),
    bfloat16: () => ours(executionSchema.parse({ precision: 'bfloat16' }), size, images, classes),
    recompute: () => ours(executionSchema.parse({ recompute: true }), size, images, classes),
    'bfloat16-recompute': () =>
      ours(executionSchema.parse({ precision: 'bfloat16', recompute: true }), size, images, classes),
    untuned: () => ours(executionSchema.parse({ autotune: false }), size, images, classes),
    peak,
  };
  const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
  const { value: contender, seconds } = timed(kinds[kind]);
  say({ ready: `TensorFlow ${tensorFlowRuntime().version}`, seconds, parameters: contender.parameters });
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'end') break;
    say(timed(() => contender[line as 'train' | 'infer']()));
  }
  say({ memory: peakMemoryMiB() });
}

main(process.argv[2], Number(process.argv[3]), Number(process.argv[4]));
