import { VGG19 } from '../src/model/encoders/vgg19';
import { tf } from '../src/tensorflow/tensorflow';

/** The same U-Net of TensorFlow.js's own layers and nothing else: what one would write without this project. */
export function stockUNet(size: number, classes: number): tf.LayersModel {
  const unit = (input: tf.SymbolicTensor, filters: number) => {
    const options = { filters, kernelSize: 3, padding: 'same', useBias: false, kernelInitializer: 'heNormal' } as const;
    const convolved = tf.layers.conv2d(options).apply(input) as tf.SymbolicTensor;
    const normalized = tf.layers.batchNormalization({ momentum: 0.9 }).apply(convolved) as tf.SymbolicTensor;
    return tf.layers.reLU().apply(normalized) as tf.SymbolicTensor;
  };
  const image = tf.input({ shape: [size, size, 3] });
  const skips: tf.SymbolicTensor[] = [];
  let features = image;
  const convolutions = VGG19.convolutions(1);
  for (const { number, channels } of VGG19.stages) {
    for (const _ of convolutions.filter(({ stage }) => stage === number)) features = unit(features, channels);
    skips.push(features);
    features = tf.layers.maxPooling2d({ poolSize: 2, strides: 2 }).apply(features) as tf.SymbolicTensor;
  }
  features = unit(unit(features, 512), 512);
  for (const { channels } of [...VGG19.stages].reverse()) {
    const up = tf.layers.conv2dTranspose({ filters: channels, kernelSize: 2, strides: 2, padding: 'same' });
    const joined = tf.layers.concatenate().apply([up.apply(features) as tf.SymbolicTensor, skips.pop()!]);
    features = unit(unit(joined as tf.SymbolicTensor, channels), channels);
  }
  const head = tf.layers.conv2d({ filters: classes, kernelSize: 1 });
  return tf.model({ inputs: image, outputs: head.apply(features) as tf.SymbolicTensor });
}
