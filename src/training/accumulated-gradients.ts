import type { Batch } from '../data/batches';
import { IGNORED } from '../data/classes/class-set';
import type { Program, ProgramFunction } from '../tensorflow/program';
import { tf } from '../tensorflow/tensorflow';
import { batchInputs, inputSpecs } from './batch-tensors';

/** Gradients of a batch as the sum of those of its parts, so that a batch of any size fits into the memory of a part. */
export class AccumulatedGradients {
  private readonly sums: tf.Variable[];
  private readonly add: ProgramFunction;

  /** @param loss of images and classes */
  constructor(
    private readonly model: tf.LayersModel,
    program: Program,
    private readonly variables: readonly tf.Variable[],
    loss: (images: tf.Tensor, classes: tf.Tensor) => tf.Scalar,
  ) {
    this.sums = tf.tidy(() => variables.map((variable) => tf.variable(tf.zerosLike(variable), false)));
    this.add = program.function((images, classes, share) => {
      const { value, grads } = tf.variableGrads(() => loss(images, classes), [...variables]);
      variables.forEach(({ name }, index) => {
        const sum = this.sums[index];
        if (grads[name]) sum.assign(tf.add(sum, tf.mul(grads[name], share)));
      });
      return [tf.mul(value, share)];
    });
  }

  /** Gets ready for parts of these sizes. */
  prepare(sizes: readonly number[]): void {
    for (const size of sizes) this.add.prepare([...inputSpecs(this.model, size), { shape: [], dtype: 'float32' }]);
  }

  /** Adds a batch, part by part, each by its share of the pixels that count. @returns its loss */
  addBatch(batch: Batch, size: number): number {
    const all = Math.max(1, counted(batch));
    return partsOf(batch, size).reduce((sum, part) => {
      const loss = tf.tidy(() => {
        const share = tf.scalar(counted(part) / all);
        return this.add.run([...batchInputs(part, this.model), share])[0].dataSync()[0];
      });
      return sum + loss;
    }, 0);
  }

  /** A scalar whose gradient is what was added; starts again at zero. */
  taken(): tf.Scalar {
    const products = this.variables.map((variable, index) => tf.sum(tf.mul(variable, this.sums[index].clone())));
    for (const sum of this.sums) sum.assign(tf.zerosLike(sum));
    return tf.addN(products) as tf.Scalar;
  }

  dispose(): void {
    tf.dispose(this.sums);
  }
}

/** Sizes of the parts that batches of these sizes come in. */
export function partSizes(batchSizes: readonly number[], size: number): number[] {
  const sizes = batchSizes.flatMap((whole) => [Math.min(whole, size), whole % size]);
  return [...new Set(sizes)].filter((each) => each > 0);
}

function partsOf({ names, images, labelIds, classes }: Batch, size: number): Batch[] {
  return Array.from({ length: Math.ceil(names.length / size) }, (_, part) => {
    const cut = <T extends Float32Array | Uint8Array | Int32Array>(values: T) => {
      const each = values.length / names.length;
      return values.subarray(part * size * each, (part + 1) * size * each) as T;
    };
    const own = names.slice(part * size, (part + 1) * size);
    return { names: own, images: cut(images), labelIds: cut(labelIds), classes: cut(classes) };
  });
}

function counted({ classes }: Batch): number {
  return classes.reduce((sum, each) => sum + (each === IGNORED ? 0 : 1), 0);
}
