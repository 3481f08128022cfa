import type { BrowserTensorFlow } from '../../tensorflow/browser';

declare const tf: BrowserTensorFlow;

/** What a model can run on, the first that works first. */
export const BACKENDS = { webgl: 'WebGL (graphics card)', wasm: 'WebAssembly (processor)' } as const;
export type BackendName = keyof typeof BACKENDS;

/** @returns those that this browser has; WebGL that is drawn by the processor is behind WebAssembly, which is faster there */
export function availableBackends(): BackendName[] {
  const renderer = webglRenderer();
  if (renderer === null) return ['wasm'];
  return /swiftshader|llvmpipe|software|basic render/i.test(renderer) ? ['wasm', 'webgl'] : ['webgl', 'wasm'];
}

/** @throws Error when the browser has it but it cannot be started */
export async function useBackend(name: BackendName): Promise<void> {
  if (tf.getBackend() === name) return;
  tf.wasm.setWasmPaths('/tensorflow/');
  if (!(await tf.setBackend(name))) throw new Error(`${BACKENDS[name]} does not start`);
  await tf.ready();
}

/** The name of what draws WebGL, empty where the browser keeps it to itself; null where there is no WebGL. */
function webglRenderer(): string | null {
  const context = document.createElement('canvas').getContext('webgl2');
  if (!context) return null;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = names ? String(context.getParameter(names.UNMASKED_RENDERER_WEBGL)) : '';
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer;
}
