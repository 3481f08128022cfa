import { expect, test } from 'bun:test';
import { backend } from '../../src/tensorflow/backend';
import { type ConvolutionCase, convolutionForms, STOCK } from '../../src/tensorflow/convolution-forms';
import { Graph } from '../../src/tensorflow/graph';
import { GraphSession } from '../../src/tensorflow/graph-session';
import { NodeBuilder } from '../../src/tensorflow/node-builder';
import { tf } from '../../src/tensorflow/tensorflow';
import { relativeDistance } from './small-model';

const shapes: Omit<ConvolutionCase, 'part'>[] = [
  { batch: 1, height: 8, width: 8, inputChannels: 3, filters: 5, kernel: 3, stride: 1 },
  { batch: 2, height: 6, width: 10, inputChannels: 4, filters: 2, kernel: 3, stride: 1 },
  { batch: 4, height: 32, width: 32, inputChannels: 7, filters: 6, kernel: 3, stride: 1 },
  { batch: 2, height: 9, width: 7, inputChannels: 2, filters: 3, kernel: 5, stride: 1 },
  { batch: 3, height: 4, width: 4, inputChannels: 6, filters: 8, kernel: 1, stride: 1 },
  { batch: 2, height: 8, width: 12, inputChannels: 4, filters: 3, kernel: 2, stride: 2 },
  { batch: 4, height: 64, width: 64, inputChannels: 3, filters: 5, kernel: 2, stride: 2 },
];

for (const shape of shapes)
  for (const part of ['forward', 'inputGradient', 'filterGradient'] as const) {
    const { batch, height, width, inputChannels, filters, kernel, stride } = shape;
    const forms = convolutionForms({ ...shape, part });
    const names = forms.slice(1).map(({ name }) => name);
    test(`${part} of ${batch}x${height}x${width}x${inputChannels}, kernel ${kernel}, stride ${stride}: ${names} agree with stock`, () => {
      const input = [batch, height, width, inputChannels];
      const filter = [kernel, kernel, inputChannels, filters];
      const output = [batch, height / stride, width / stride, filters];
      const operands = { forward: [input, filter], inputGradient: [filter, output], filterGradient: [input, output] };
      const graph = new Graph();
      const places = operands[part].map((sides, index) =>
        graph.placeholder(`operand_${index}`, { shape: sides, dtype: backend().binding.TF_FLOAT }),
      );
      const fetches = forms.map(({ name, build }) => build(new NodeBuilder(graph, name), [places[0], places[1]]));
      const session = new GraphSession(graph);
      const results = tf.tidy(() => {
        const values = operands[part].map((sides, index) => tf.randomNormal(sides, 0, 1, 'float32', index + 1));
        const feeds = places.map((place, index) => [place, values[index]] as const);
        return session.run(feeds, fetches).map((result) => ({ shape: result.shape, values: result.dataSync() }));
      });
      session.dispose();
      expect(forms[0].name).toBe(STOCK);
      expect(forms.length).toBeGreaterThan(1);
      for (const result of results) {
        expect(result.shape).toEqual(results[0].shape);
        expect(relativeDistance([result.values], [results[0].values])).toBeLessThan(2e-6);
      }
    });
  }
