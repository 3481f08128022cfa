import { expect, test } from 'bun:test';
import { bfloat16Features, cpuFeatures } from '../../src/tensorflow/processor';

const cpuinfo = (flags: string) => `processor : 0\nflags\t\t: ${flags}\n`;

test('features are read from /proc/cpuinfo, whole words only', () => {
  expect(cpuFeatures(cpuinfo('fpu sse avx avx2 fma avx512fp16'))).toEqual(['avx', 'avx2', 'fma']);
  expect(cpuFeatures('')).toEqual([]);
});

test('bfloat16 is fast where the processor multiplies it', () => {
  expect(bfloat16Features(cpuFeatures(cpuinfo('avx avx512f avx512_vnni')))).toEqual([]);
  expect(bfloat16Features(cpuFeatures(cpuinfo('avx512f avx512_bf16 amx_tile amx_bf16')))).toEqual([
    'avx512_bf16',
    'amx_bf16',
  ]);
});
