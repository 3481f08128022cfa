import { BatchNormalization, Convolution, Rectifier, UpConvolution } from '../../src/tensorflow/fused-layers';
import { sparseSoftmaxCrossEntropy } from '../../src/tensorflow/fused-operations';
import type { Program, ProgramStep } from '../../src/tensorflow/program';
import { tf } from '../../src/tensorflow/tensorflow';

export const CLASSES = 3;
export const SIDE = 16;

/** The U-Net's parts on one level: convolutions with and without batch norm, pooling, up-convolution, concatenation. */
export function smallModel(seed = 1): tf.LayersModel {
  const image = tf.input({ shape: [SIDE, SIDE, 3] });
  const unit = (name: string, filters: number, input: tf.SymbolicTensor) => {
    const convolved = new Convolution({ name, filters, kernelSize: 3, useBias: false, seed }).apply(input);
    const normalized = new BatchNormalization({ name: `${name}_bn` }).apply(convolved as tf.SymbolicTensor);
    return new Rectifier({ name: `${name}_relu` }).apply(normalized as tf.SymbolicTensor) as tf.SymbolicTensor;
  };
  const skip = unit('down', 6, image);
  const pooled = tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }).apply(skip) as tf.SymbolicTensor;
  const biased = { kernelSize: 3, useBias: true, activation: 'relu', seed } as const;
  const deep = new Convolution({ name: 'deep', filters: 8, ...biased }).apply(unit('middle', 8, pooled));
  const enlarged = new UpConvolution({ name: 'up', filters: 6, seed }).apply(deep as tf.SymbolicTensor);
  const joined = tf.layers.concatenate().apply([enlarged as tf.SymbolicTensor, skip]) as tf.SymbolicTensor;
  const head = new Convolution({ name: 'logits', filters: CLASSES, kernelSize: 1, useBias: true, seed });
  return tf.model({ inputs: image, outputs: head.apply(unit('last', 6, joined)) as tf.SymbolicTensor });
}

export function trainedVariables(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
}

export function lossOf(model: tf.LayersModel) {
  return (images: tf.Tensor, classes: tf.Tensor): tf.Scalar => {
    const logits = model.apply(images, { training: true }) as tf.Tensor;
    return sparseSoftmaxCrossEntropy(logits.reshape([-1, CLASSES]) as tf.Tensor2D, classes as tf.Tensor1D);
  };
}

/** Images of two brightness levels whose class is a function of place and level, so that there is something to learn. */
export function batchOf(size: number, seed: number): [tf.Tensor, tf.Tensor] {
  return tf.tidy(() => {
    const images = tf.randomUniform([size, SIDE, SIDE, 3], -1, 1, 'float32', String(seed));
    const bright = images.mean(3).greater(0).toInt().flatten();
    const right = tf.tile(
      tf
        .range(0, SIDE, 1, 'int32')
        .greaterEqual(SIDE / 2)
        .toInt(),
      [size * SIDE],
    );
    return [tf.keep(images), tf.keep(bright.add(right.mul(bright)) as tf.Tensor)];
  });
}

/** @returns the loss as a number; nothing stays behind. */
export function runStep(step: ProgramStep, batch: readonly tf.Tensor[], learningRate = 0.001): number {
  return tf.tidy(() => step.run(batch, learningRate).dataSync()[0]);
}

/** All weights of a model, running statistics included, as the program left them. */
export function pulledWeights(program: Program, model: tf.LayersModel): Float32Array[] {
  program.pull();
  return model.getWeights().map((weight) => weight.dataSync() as Float32Array);
}

/** |a - b| / |b|, Euclidean, over all numbers together. */
export function relativeDistance(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let [difference, size] = [0, 0];
  b.forEach((values, index) => {
    for (let at = 0; at < values.length; at += 1) {
      difference += (a[index][at] - values[at]) ** 2;
      size += values[at] ** 2;
    }
  });
  return Math.sqrt(difference / size);
}
