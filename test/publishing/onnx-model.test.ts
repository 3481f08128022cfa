import { afterAll, expect, test } from 'bun:test';
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

const python = await pythonWithExtra('onnx');
describeUnless(!python && 'it cannot be installed, see above', 'under onnxruntime', () => {
  test.each([
    { preprocessing: 'tf' },
    { preprocessing: 'caffe' },
    { preprocessing: 'torch' },
    { preprocessing: 'tf', encoder: 'resnet50' },
    { preprocessing: 'torch', encoder: 'resnet50', decoder: 'fpn' },
  ] as const)(
    'it says what the run says (%j), of any number of pictures, and what it is',
    async (description) => {
      const { preprocessing } = description;
      const run = join(folder, Object.values(description).join('-'));
      await writeTinyRun(run, description);
      const [{ path }] = exportRun(run, { to: 'onnx' });
      const files = join(run, 'files');
      mkdirSync(files);
      writeFileSync(join(files, 'image.bin'), Buffer.concat(batch));
      const script = `
import json, sys, numpy, onnx, onnxruntime
onnx.checker.check_model(sys.argv[1], full_check=True)
session = onnxruntime.InferenceSession(sys.argv[1], providers=['CPUExecutionProvider'])
image = numpy.fromfile(sys.argv[2] + '/image.bin', 'uint8').reshape(2, ${SIZE}, ${SIZE}, 3)
names = [each.name for each in session.get_outputs()]
for name, value in zip(names, session.run(names, {'image': image})):
    value.tofile(f'{sys.argv[2]}/{name}.bin')
alone = session.run(['logits'], {'image': image[1:]})[0]
alone.tofile(f'{sys.argv[2]}/alone.bin')
print(json.dumps(session.get_modelmeta().custom_metadata_map))
`;
      const { exitCode, stdout, stderr } = Bun.spawnSync([python!, '-c', script, path, files], { stderr: 'pipe' });
      expect(exitCode === 0 ? '' : stderr.toString()).toBe('');

      const own = ownLogits(run);
      const read = (name: string) => Uint8Array.from(readFileSync(join(files, `${name}.bin`))).buffer;
      const floats = (name: string) => new Float32Array(read(name));
      const largest = own.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      expect(greatestDifference(floats('logits'), own)).toBeLessThan(1e-4 * largest);
      expect(greatestDifference(floats('alone'), own.subarray(own.length / 2))).toBeLessThan(1e-4 * largest);
      const classes = [...new Int32Array(read('classes'))];
      expect(classes).toEqual(
        classes.map((_, pixel) => {
          const logits = [...floats('logits').subarray(pixel * 8, pixel * 8 + 8)];
          return logits.indexOf(Math.max(...logits));
        }),
      );
      expect(new Set(classes).size).toBeGreaterThan(2);
      const first = [...floats('probabilities').subarray(0, 8)];
      expect(first.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 5);

      const metadata = JSON.parse(stdout.toString());
      expect(JSON.parse(metadata.classes)).toEqual([...GROUP_NAMES]);
      expect(JSON.parse(metadata.colors)).toEqual(GROUP_NAMES.map((name) => [...GROUP_COLORS[name]]));
      expect(JSON.parse(metadata.preprocessing)).toBe(preprocessing);
      expect(JSON.parse(metadata.preprocessingInsideModel)).toHaveProperty('mean');
    },
    60_000,
  );
});
