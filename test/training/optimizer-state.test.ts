import { expect, test } from 'bun:test';
import { stateTensors } from '../../src/tensorflow/optimizer';
import { tf } from '../../src/tensorflow/tensorflow';
import { decodeOptimizer, encodeOptimizer, optimizerDescription } from '../../src/training/optimizer-state';

const slots = () => ({ a: [tf.tensor1d([1, 2]), tf.scalar(3)], b: [tf.tensor1d([4, 5]), tf.scalar(6)] });

test('slots are written by their names, one after the other, and read again', () => {
  const { bytes, description } = encodeOptimizer('optimizer-epoch-1.bin', { steps: 7, slots: slots() });
  expect([...new Float32Array(new Uint8Array(bytes).buffer)]).toEqual([1, 2, 3, 4, 5, 6]);
  expect(description).toMatchObject({ steps: 7, slots: ['a', 'b'], shapes: [[2], []] });
  const state = decodeOptimizer(bytes, optimizerDescription.parse(description), 'optimizer');
  expect([state.steps, Object.keys(state.slots)]).toEqual([7, ['a', 'b']]);
  expect(state.slots.b.map((tensor) => [...tensor.dataSync()])).toEqual([[4, 5], [6]]);
  tf.dispose(stateTensors(state));
});

test('averages come last, in shapes of their own', () => {
  const averages = [tf.tensor1d([7, 8, 9])];
  const { bytes, description } = encodeOptimizer('optimizer-epoch-1.bin', { steps: 7, slots: slots(), averages });
  const state = decodeOptimizer(bytes, optimizerDescription.parse(description), 'optimizer');
  expect(stateTensors(state).map((tensor) => [...tensor.dataSync()])).toEqual([[1, 2], [3], [4, 5], [6], [7, 8, 9]]);
  expect(state.averages!.map(({ shape }) => shape)).toEqual([[3]]);
  tf.dispose(stateTensors(state));
});

test('a state from before slots had names is Adam’s', () => {
  const { bytes, description } = encodeOptimizer('optimizer-epoch-1.bin', { steps: 7, slots: slots() });
  const { slots: _, ...older } = description;
  const state = decodeOptimizer(bytes, optimizerDescription.parse(older), 'optimizer');
  expect(state.slots.firstMoment.map((tensor) => [...tensor.dataSync()])).toEqual([[1, 2], [3]]);
  expect(state.slots.secondMoment.map((tensor) => [...tensor.dataSync()])).toEqual([[4, 5], [6]]);
  tf.dispose(stateTensors(state));
});
