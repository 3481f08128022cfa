"""The project's U-Net in Python TensorFlow, its step a tf.function, as one contender of `bun run bench`.

Raw operations and variables, so that nothing but TensorFlow is needed: the same kernels as the compiled step of src/tensorflow,
in the graph that TensorFlow's own tracing makes; for bfloat16 its optimizer rewrites that graph.
"""
import sys
import time

import tensorflow as tf

from contender import serve

BLOCKS = [(2, 64), (2, 128), (4, 256), (4, 512), (4, 512)]
CLASSES = 8


class UNet:
    def __init__(self):
        self.trained, self.statistics, self.layers = [], [], {}

    def variable(self, name, make, trained=True):
        if name not in self.layers:
            self.layers[name] = tf.Variable(make(), trainable=trained)
            (self.trained if trained else self.statistics).append(self.layers[name])
        return self.layers[name]

    def unit(self, name, features, filters, training):
        channels = features.shape[-1]
        deviation = (2 / (9 * channels)) ** 0.5
        kernel = self.variable(name, lambda: tf.random.truncated_normal([3, 3, channels, filters], stddev=deviation))
        gamma = self.variable(name + "_gamma", lambda: tf.ones([filters]))
        beta = self.variable(name + "_beta", lambda: tf.zeros([filters]))
        mean = self.variable(name + "_mean", lambda: tf.zeros([filters]), trained=False)
        variance = self.variable(name + "_variance", lambda: tf.ones([filters]), trained=False)
        features = tf.nn.conv2d(features, kernel, 1, "SAME")
        if training:
            features, batch_mean, batch_variance = tf.compat.v1.nn.fused_batch_norm(
                features, gamma, beta, epsilon=1e-3, is_training=True
            )
            mean.assign(0.9 * mean + 0.1 * batch_mean)
            variance.assign(0.9 * variance + 0.1 * batch_variance)
        else:
            features, _, _ = tf.compat.v1.nn.fused_batch_norm(
                features, gamma, beta, mean=mean, variance=variance, epsilon=1e-3, is_training=False
            )
        return tf.nn.relu(features)

    def __call__(self, features, training):
        skips = []
        for number, (layers, filters) in enumerate(BLOCKS):
            for index in range(layers):
                features = self.unit(f"block{number}_{index}", features, filters, training)
            skips.append(features)
            features = tf.nn.max_pool2d(features, 2, 2, "VALID")
        for index in range(2):
            features = self.unit(f"bottleneck_{index}", features, 512, training)
        for number, (_, filters) in reversed(list(enumerate(BLOCKS))):
            batch, height, width, channels = features.shape
            deviation = (2 / channels) ** 0.5
            kernel = self.variable(
                f"up{number}", lambda: tf.random.truncated_normal([2, 2, filters, channels], stddev=deviation)
            )
            bias = self.variable(f"up{number}_bias", lambda: tf.zeros([filters]))
            shape = [batch, 2 * height, 2 * width, filters]
            features = tf.nn.bias_add(tf.nn.conv2d_transpose(features, kernel, shape, 2), bias)
            features = tf.concat([features, skips.pop()], 3)
            for index in range(2):
                features = self.unit(f"up{number}_{index}", features, filters, training)
        kernel = self.variable("head", lambda: tf.random.truncated_normal([1, 1, 64, CLASSES], stddev=0.1))
        bias = self.variable("head_bias", lambda: tf.zeros([CLASSES]))
        return tf.nn.bias_add(tf.nn.conv2d(features, kernel, 1, "SAME"), bias)


def main(size, batch, threads, precision):
    if precision == "bfloat16":
        tf.config.optimizer.set_experimental_options({"auto_mixed_precision_onednn_bfloat16": True})
    if threads:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
    started = time.perf_counter()
    model = UNet()
    images = tf.random.uniform([batch, size, size, 3], -1, 1)
    classes = tf.random.uniform([batch, size, size], 0, CLASSES, tf.int32)
    model(images[:1], False)
    slots = [(tf.Variable(tf.zeros_like(v)), tf.Variable(tf.zeros_like(v))) for v in model.trained]
    powers = [tf.Variable(0.9), tf.Variable(0.999)]

    @tf.function
    def train_step():
        with tf.GradientTape() as tape:
            logits = model(images, True)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(classes, logits))
        for variable, gradient, (m, v) in zip(model.trained, tape.gradient(loss, model.trained), slots):
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle, m=m.handle, v=v.handle, beta1_power=powers[0], beta2_power=powers[1],
                lr=0.001, beta1=0.9, beta2=0.999, epsilon=1e-7, grad=gradient,
            )
        powers[0].assign(powers[0] * 0.9)
        powers[1].assign(powers[1] * 0.999)
        return loss

    @tf.function
    def predict():
        return tf.reduce_sum(tf.argmax(model(images, False), -1))

    parameters = sum(int(tf.size(variable)) for variable in model.trained)
    serve(f"Python TensorFlow {tf.__version__}", parameters, started, {"train": train_step, "infer": predict})


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]), sys.argv[4])
