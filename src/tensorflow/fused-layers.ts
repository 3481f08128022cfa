/**
 * Keras layers that run on the fused operations. They serialise under Keras's own class names and weight names, so a
 * saved model loads into stock TensorFlow.js (or Keras), which knows nothing of these classes.
 */
import { addBias, batchNormInference, batchNormTraining, relu } from './fused-operations';
import { bilinear, heNormal } from './initializers';
import { tf } from './tensorflow';

type Input = tf.Tensor | tf.Tensor[];
type Variable = ReturnType<tf.layers.Layer['addWeight']>;

/** What `addWeight` asks of an initializer; TensorFlow.js does not export the class itself. */
type Initializer = Parameters<tf.layers.Layer['addWeight']>[3];
const initializer = (make: (shape: number[]) => tf.Tensor) => ({ apply: make }) as unknown as Initializer;

const single = (inputs: Input) => (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
const channelsOf = (shape: tf.Shape | tf.Shape[]) => (shape as number[])[3];

export interface ConvolutionOptions {
  name: string;
  filters: number;
  /** Side of the square kernel. */
  kernelSize: number;
  stride?: number;
  padding?: 'same' | 'valid';
  useBias: boolean;
  activation?: 'linear' | 'relu';
  /** Of the He-normal kernel. */
  seed: number;
}

/**
 * Convolution, by default of stride 1 and same padding: [batch, height, width, channels] to [batch, height / stride,
 * width / stride, filters].
 */
export class Convolution extends tf.layers.Layer {
  static readonly className = 'Conv2D';
  private kernel!: Variable;
  private bias: Variable | null = null;

  constructor(readonly options: ConvolutionOptions) {
    super({ name: options.name });
  }

  override build(inputShape: tf.Shape): void {
    const { filters, kernelSize, useBias, seed, name } = this.options;
    const shape = [kernelSize, kernelSize, channelsOf(inputShape), filters];
    const fanIn = kernelSize * kernelSize * channelsOf(inputShape);
    const draw = initializer(() => heNormal(shape, fanIn, seed, name));
    this.kernel = this.addWeight('kernel', shape, 'float32', draw);
    if (useBias) this.bias = this.addWeight('bias', [filters], 'float32', tf.initializers.zeros());
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const { filters, kernelSize, stride = 1, padding = 'same' } = this.options;
    const covered = padding === 'same' ? 0 : kernelSize - 1;
    const side = (size: number | null) => (size === null ? null : Math.ceil((size - covered) / stride));
    return [inputShape[0], side(inputShape[1]), side(inputShape[2]), filters];
  }

  override call(inputs: Input): tf.Tensor {
    return tf.tidy(() => {
      const { stride = 1, padding = 'same' } = this.options;
      let output = tf.conv2d(single(inputs), this.kernel.read() as tf.Tensor4D, stride, padding);
      if (this.bias) output = addBias(output, this.bias.read() as tf.Tensor1D);
      return this.options.activation === 'relu' ? relu(output) : output;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters, kernelSize, stride = 1, padding = 'same', useBias, activation = 'linear' } = this.options;
    const kernel = { kernelSize: [kernelSize, kernelSize], strides: [stride, stride], dilationRate: [1, 1] };
    const place = { padding, dataFormat: 'channelsLast', rank: 2 };
    return { ...super.getConfig(), filters, ...kernel, ...place, activation, useBias };
  }
}

export interface UpConvolutionOptions {
  name: string;
  filters: number;
  /** How many times larger the result is along a side. */
  stride?: number;
  /**
   * He normal, with a kernel as large as the stride, so that kernels do not overlap; or bilinear interpolation with
   * half-pixel centres, each channel for itself, for which the kernel is twice as large.
   */
  initial?: 'he-normal' | 'bilinear';
  seed: number;
}

/**
 * Transposed convolution, by default of stride 2: [batch, height, width, channels] to [batch, 2 height, 2 width, filters].
 */
export class UpConvolution extends tf.layers.Layer {
  static readonly className = 'Conv2DTranspose';
  private kernel!: Variable;
  private bias!: Variable;

  private readonly stride: number;
  private readonly kernelSize: number;

  constructor(readonly options: UpConvolutionOptions) {
    super({ name: options.name });
    this.stride = options.stride ?? 2;
    this.kernelSize = this.stride * (options.initial === 'bilinear' ? 2 : 1);
  }

  override build(inputShape: tf.Shape): void {
    const { filters, seed, name, initial } = this.options;
    const shape = [this.kernelSize, this.kernelSize, filters, channelsOf(inputShape)];
    // Kernels do not overlap, so each output sees one position of the kernel: fan-in is the channels alone.
    const draw = initializer(() =>
      initial === 'bilinear' ? bilinear(shape) : heNormal(shape, channelsOf(inputShape), seed, name),
    );
    this.kernel = this.addWeight('kernel', shape, 'float32', draw);
    this.bias = this.addWeight('bias', [filters], 'float32', tf.initializers.zeros());
    this.built = true;
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const enlarged = (side: number | null) => (side === null ? null : side * this.stride);
    return [inputShape[0], enlarged(inputShape[1]), enlarged(inputShape[2]), this.options.filters];
  }

  override call(inputs: Input): tf.Tensor {
    return tf.tidy(() => {
      const input = single(inputs);
      const [batch, height, width] = input.shape;
      const { stride, options } = this;
      const shape: [number, number, number, number] = [batch, height * stride, width * stride, options.filters];
      const output = tf.conv2dTranspose(input, this.kernel.read() as tf.Tensor4D, shape, stride, 'same');
      return addBias(output, this.bias.read() as tf.Tensor1D);
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { kernelSize, stride } = this;
    const kernel = { kernelSize: [kernelSize, kernelSize], strides: [stride, stride], dilationRate: [1, 1] };
    const place = { padding: 'same', dataFormat: 'channelsLast', rank: 2, activation: 'linear', useBias: true };
    return { ...super.getConfig(), filters: this.options.filters, ...kernel, ...place };
  }
}

/** Keras's default; PyTorch's is 1e-5. */
export const KERAS_BATCH_NORM_EPSILON = 1e-3;

/**
 * Batch normalisation over batch, height and width. In training it uses the batch's statistics and moves the running
 * ones by `1 - momentum`; in inference, and while frozen (`trainable = false`, as in Keras), it uses the running ones.
 */
export class BatchNormalization extends tf.layers.Layer {
  static readonly className = 'BatchNormalization';
  private gamma!: Variable;
  private beta!: Variable;
  private movingMean!: Variable;
  private movingVariance!: Variable;

  /** By default PyTorch's 0.1 in Keras's convention: with few steps an epoch, Keras's own 0.99 lags behind by epochs. */
  momentum: number;
  readonly epsilon: number;

  constructor(options: { name: string; momentum?: number; epsilon?: number }) {
    const { name, momentum = 0.9, epsilon = KERAS_BATCH_NORM_EPSILON } = options;
    super({ name });
    this.momentum = momentum;
    this.epsilon = epsilon;
  }

  override build(inputShape: tf.Shape): void {
    const shape = [channelsOf(inputShape)];
    const [zeros, ones] = [tf.initializers.zeros(), tf.initializers.ones()];
    this.gamma = this.addWeight('gamma', shape, 'float32', ones);
    this.beta = this.addWeight('beta', shape, 'float32', zeros);
    this.movingMean = this.addWeight('moving_mean', shape, 'float32', zeros, undefined, false);
    this.movingVariance = this.addWeight('moving_variance', shape, 'float32', ones, undefined, false);
    this.built = true;
  }

  override call(inputs: Input, { training = false }: { training?: boolean } = {}): tf.Tensor {
    return tf.tidy(() => {
      const [gamma, beta] = [this.gamma.read() as tf.Tensor1D, this.beta.read() as tf.Tensor1D];
      if (!training || !this.trainable) {
        const [mean, variance] = [this.movingMean.read() as tf.Tensor1D, this.movingVariance.read() as tf.Tensor1D];
        return batchNormInference(single(inputs), gamma, beta, { mean, variance }, this.epsilon);
      }
      const { output, statistics } = batchNormTraining(single(inputs), gamma, beta, this.epsilon);
      move(this.movingMean, statistics.mean, this.momentum);
      move(this.movingVariance, statistics.variance, this.momentum);
      return output;
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { momentum, epsilon } = this;
    return { ...super.getConfig(), axis: 3, momentum, epsilon, center: true, scale: true };
  }
}

/** Rectifier: max(x, 0). */
export class Rectifier extends tf.layers.Layer {
  static readonly className = 'ReLU';

  constructor(options: { name: string }) {
    super(options);
  }

  override call(inputs: Input): tf.Tensor {
    return relu(single(inputs));
  }
}

/** running = momentum * running + (1 - momentum) * batch */
function move(running: Variable, batch: tf.Tensor, momentum: number): void {
  running.write(tf.add(tf.mul(running.read(), momentum), tf.mul(batch, 1 - momentum)));
}
