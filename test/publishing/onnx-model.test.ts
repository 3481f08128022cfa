import { afterAll, beforeAll, expect, test } from 'bun:test';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GROUP_COLORS, GROUP_NAMES } from '../../src/labels';
import { exportedFiles, exportRun } from '../../src/publishing/export-run';
import { ELEMENT, encodeOnnx, onnxAttribute } from '../../src/publishing/onnx/messages';
import { OnnxGraph } from '../../src/publishing/onnx/onnx-graph';
import { writeLayer } from '../../src/publishing/onnx/onnx-layers';
import { temporaryFolder } from '../data/fixtures';
import { describeUnless } from '../skipping';
import { batch, greatestDifference, ownLogits, SIZE } from './own-logits';
import { pythonWithExtra } from './python';
import { writeTinyRun } from './tiny-run';

const { folder, remove } = temporaryFolder();
afterAll(remove);

test('messages are written as onnx.proto says', () => {
  // Field 1 (irVersion) as varint 8; 2 (producerName) as 1 byte "x"; 7 (graph) of 3 bytes: its name, field 2, "g".
  const graph = { name: 'g', node: [], initializer: [], input: [], output: [] };
  const bytes = encodeOnnx({ irVersion: 8, producerName: 'x', opsetImport: [], graph, metadataProps: [] });
  expect([...bytes]).toEqual([0x08, 8, 0x12, 1, 0x78, 0x3a, 3, 0x12, 1, 0x67]);
  expect(onnxAttribute('axis', -1)).toEqual({ name: 'axis', type: 2, i: -1 });
});

test('kernels have their axes in the order of ONNX', () => {
  const graph = new OnnxGraph();
  // [height 1, width 2, in 2, out 1]: in and width change places.
  const kernel = { shape: [1, 2, 2, 1], values: Float32Array.of(1, 2, 3, 4) };
  const config = { strides: [1, 1], dilation_rate: [1, 1], padding: 'same' };
  writeLayer(graph, { name: 'c', className: 'Conv2D', config, weights: [kernel] }, ['x']);
  const [{ dims, dataType, rawData }] = graph.constants;
  expect([dims, dataType]).toEqual([[1, 2, 1, 2], ELEMENT.float]);
  expect([...new Float32Array(rawData.buffer)]).toEqual([1, 3, 2, 4]);
  expect(() => writeLayer(graph, { name: 'm', className: 'Masking', config: {}, weights: [] }, ['x'])).toThrow(
    /m: a layer Masking has no ONNX form here; known are Conv2D, /,
  );
  const smooth = { size: [2, 2], interpolation: 'bilinear' };
  expect(() => writeLayer(graph, { name: 'u', className: 'UpSampling2D', config: smooth, weights: [] }, ['x'])).toThrow(
    'u: interpolation bilinear has no ONNX form here',
  );
});

test('there is no bfloat16 in it', async () => {
  const run = join(folder, 'plain');
  await writeTinyRun(run);
  expect(() => exportedFiles(run, 'onnx', { precision: 'bfloat16' })).toThrow('has no bfloat16');
});

const DESCRIPTIONS = [
  { preprocessing: 'tf' },
  { preprocessing: 'caffe' },
  { preprocessing: 'torch' },
  { preprocessing: 'tf', encoder: 'resnet50' },
  { preprocessing: 'torch', encoder: 'resnet50', decoder: 'fpn' },
] as const;

const runOf = (description: (typeof DESCRIPTIONS)[number]) => join(folder, Object.values(description).join('-'));

/** Of all models in one process: importing onnxruntime takes longer than asking it. */
const ASK = `
import json, sys, numpy, onnx, onnxruntime
image = numpy.fromfile(sys.argv[1], 'uint8').reshape(2, ${SIZE}, ${SIZE}, 3)
for model, files in json.loads(sys.argv[2]):
    print(model, file=sys.stderr)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model, providers=['CPUExecutionProvider'])
    names = [each.name for each in session.get_outputs()]
    for name, value in zip(names, session.run(names, {'image': image})):
        value.tofile(f'{files}/{name}.bin')
    alone = session.run(['logits'], {'image': image[1:]})[0]
    alone.tofile(f'{files}/alone.bin')
    with open(f'{files}/metadata.json', 'w') as file:
        json.dump(session.get_modelmeta().custom_metadata_map, file)
`;

const python = await pythonWithExtra('onnx');
describeUnless(!python && 'it cannot be installed, see above', 'under onnxruntime', () => {
  beforeAll(async () => {
    const models: [string, string][] = [];
    for (const description of DESCRIPTIONS) {
      const run = runOf(description);
      await writeTinyRun(run, description);
      const [{ path }] = exportRun(run, { to: 'onnx' });
      mkdirSync(join(run, 'files'));
      models.push([path, join(run, 'files')]);
    }
    const image = join(folder, 'image.bin');
    writeFileSync(image, Buffer.concat(batch));
    const { exitCode, stderr } = Bun.spawnSync([python!, '-c', ASK, image, JSON.stringify(models)], { stderr: 'pipe' });
    expect(exitCode === 0 ? '' : stderr.toString()).toBe('');
  }, 120_000);

  test.each([...DESCRIPTIONS])(
    'it says what the run says (%j), of any number of pictures, and what it is',
    (description) => {
      const run = runOf(description);
      const own = ownLogits(run);
      const read = (name: string) => Uint8Array.from(readFileSync(join(run, 'files', `${name}.bin`))).buffer;
      const floats = (name: string) => new Float32Array(read(name));
      const largest = own.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      expect(greatestDifference(floats('logits'), own)).toBeLessThan(1e-4 * largest);
      expect(greatestDifference(floats('alone'), own.subarray(own.length / 2))).toBeLessThan(1e-4 * largest);
      const classes = [...new Int32Array(read('classes'))];
      const logits = floats('logits');
      expect(classes).toEqual(
        classes.map((_, pixel) => {
          const ofPixel = logits.subarray(pixel * 8, pixel * 8 + 8);
          return ofPixel.indexOf(Math.max(...ofPixel));
        }),
      );
      expect(new Set(classes).size).toBeGreaterThan(2);
      const first = [...floats('probabilities').subarray(0, 8)];
      expect(first.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 5);

      const metadata = JSON.parse(readFileSync(join(run, 'files', 'metadata.json'), 'utf8'));
      expect(JSON.parse(metadata.classes)).toEqual([...GROUP_NAMES]);
      expect(JSON.parse(metadata.colors)).toEqual(GROUP_NAMES.map((name) => [...GROUP_COLORS[name]]));
      expect(JSON.parse(metadata.preprocessing)).toBe(description.preprocessing);
      expect(JSON.parse(metadata.preprocessingInsideModel)).toHaveProperty('mean');
    },
    60_000,
  );
});
