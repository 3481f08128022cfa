/** A program of another project: it trains a model of its own with a compiled step, and uses the other parts a little. */
import { strictEqual } from 'node:assert';
import { classSet, type Dataset, GROUP_NAMES, openDataset } from 'roadway-segmentation/data';
import { LabelCounts } from 'roadway-segmentation/evaluation';
import { uNet } from 'roadway-segmentation/model';
import { type CompiledCall, compile, tf } from 'roadway-segmentation/tensorflow';
import { train } from 'roadway-segmentation/training';

// Two classes of 4x4 pictures: bright above, or bright below.
const [images, classes] = [tf.buffer([8, 4, 4, 1]), Array.from({ length: 8 }, (_, index) => index % 2)];
classes.forEach((one, index) => {
  for (let y = 0; y < 4; y += 1)
    for (let x = 0; x < 4; x += 1) images.set(y < 2 === (one === 0) ? 1 : 0, index, y, x, 0);
});
// Of four rectifiers, chance sometimes leaves none alive.
const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 });
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [4, 4, 1], activation: 'relu', kernelInitializer }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 2, kernelInitializer }),
  ],
});
const variables = model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);
const step: CompiledCall<tf.Tensor> = compile((x, y) => {
  const { value, grads } = tf.variableGrads(() =>
    tf.losses.softmaxCrossEntropy(y, model.apply(x, { training: true }) as tf.Tensor),
  );
  for (const each of variables) each.assign(each.sub(grads[each.name].mul(0.5)));
  return value;
});
const [x, y] = [images.toTensor(), tf.oneHot(tf.tensor1d(classes, 'int32'), 2).toFloat()];
const losses = Array.from({ length: 60 }, () => tf.tidy(() => step(x, y).dataSync()[0]));
step.pull();
const predicted = [...(tf.argMax(model.predict(x) as tf.Tensor, -1).dataSync() as Int32Array)];
step.dispose();

strictEqual(typeof train, 'function');
const network = uNet({ height: 32, width: 32, classes: GROUP_NAMES.length, widthMultiplier: 1 / 16 });
const counts = new LabelCounts(classSet('groups-8'));
const opened: Promise<Dataset> = openDataset({ source: 'camvid', root: 'nowhere' });
const refusal = await opened.then(
  () => 'none',
  (error: Error) => error.name,
);
console.log(
  JSON.stringify({
    losses,
    classes,
    predicted,
    output: network.outputs[0].shape,
    counts: counts.counts.length,
    refusal,
  }),
);
