/** What the processor can do. Loads no TensorFlow. */
import { readFileSync } from 'node:fs';

/** Instruction sets that matter to convolutions, as /proc/cpuinfo names them. */
const FEATURES = ['avx', 'avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_bf16', 'amx_int8'];

/** Those that multiply bfloat16 numbers; without one of them bfloat16 is slower than float32. */
const BFLOAT16_FEATURES = ['avx512_bf16', 'amx_bf16'];

/** @returns those of the features in the first processor's `flags` line of a /proc/cpuinfo; none where there is no such file */
export function cpuFeatures(cpuinfo = readCpuinfo()): string[] {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1].trim().split(/\s+/));
  return FEATURES.filter((feature) => flags.has(feature));
}

/** @returns the instruction sets that make bfloat16 fast; none where it is slow */
export function bfloat16Features(features: readonly string[] = cpuFeatures()): string[] {
  return features.filter((feature) => BFLOAT16_FEATURES.includes(feature));
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
