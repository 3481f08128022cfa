import { afterAll, expect, test } from 'bun:test';
import { fpn } from '../../src/model/decoders/fpn';
import { uNet } from '../../src/model/decoders/u-net';
import { RESNET50 } from '../../src/model/encoders/resnet50';
import { VGG19 } from '../../src/model/encoders/vgg19';
import { freezeBlocks } from '../../src/model/frozen-blocks';
import { modelParts, stageOutputs } from '../../src/model/summary';
import { networkDrawing } from '../../src/report/drawing/network-drawing';
import { labelBoxes } from '../report/drawing/label-boxes';

const size = { height: 64, width: 96, classes: 5, widthMultiplier: 1 / 16 };
const model = uNet({ ...size, encoder: VGG19 });
const pyramid = fpn({ ...size, encoder: RESNET50 });
afterAll(() => {
  for (const each of [model, pyramid]) each.dispose();
});

test('the parts of a U-Net: what each computes, hands on, and takes from where', () => {
  freezeBlocks(model, [2], { encoder: VGG19 });
  const parts = modelParts(model, VGG19);
  const names = ['block1', 'block2', 'block3', 'block4', 'block5', 'bottleneck', 'up5', 'up4', 'up3', 'up2', 'up1'];
  expect(parts.map(({ part }) => part)).toEqual(['image', ...names, 'logits']);
  const partNamed = (name: string) => parts.find(({ part }) => part === name)!;
  // 64 / 16 and 128 / 16 channels. A kernel of 3x3, inputs and outputs; four numbers for each normalised channel.
  expect(partNamed('block2')).toEqual({
    part: 'block2',
    layers: 'conv1 conv2 pool',
    shape: [32, 48, 8],
    output: [16, 24, 8],
    parameters: 9 * 4 * 8 + 4 * 8 + 9 * 8 * 8 + 4 * 8,
    inputs: ['block1'],
    stage: 2,
    frozen: true,
  });
  expect(partNamed('up2')).toMatchObject({ shape: [32, 48, 8], inputs: ['up3', 'block2'], frozen: false });
  expect(partNamed('up2').stage).toBeUndefined();
});

test('what the stages hand over is what the decoder takes', () => {
  const channels = (encoder: typeof VGG19) => encoder.stages.map((stage) => stage.channels / 16);
  for (const [each, encoder] of [
    [model, VGG19],
    [pyramid, RESNET50],
  ] as const)
    expect(stageOutputs(each, encoder).map(({ shape }) => shape)).toEqual(
      encoder.stages.map(({ stride }, index) => [null, 64 / stride, 96 / stride, channels(encoder)[index]]),
    );
});

test.each([
  ['a U-Net', model, VGG19, 5],
  ['a pyramid on a ResNet', pyramid, RESNET50, 3],
] as const)('the drawing of %s shows every part once, none on top of another', (_, network, encoder, across) => {
  const parts = modelParts(network, encoder);
  const { svg } = networkDrawing(parts, { title: 'A network', takenOver: [1, 2] });
  const cards = [...svg.matchAll(/<rect x="(\d+)" y="(\d+)" width="86"/g)].map(([, x, y]) => `${x} ${y}`);
  expect(new Set(cards).size).toBe(parts.length);
  const words = labelBoxes(svg).map(({ label }) => label);
  for (const { part } of parts) expect(words).toContain(part);
  expect(words).toContain('encoder, weights taken over');
  // What the encoder hands over runs level, dashed: of five stages, or of those at a stride of 4, 8 and 16.
  expect(svg.match(/stroke-dasharray/g)).toHaveLength(across);
});
