/** TensorFlow.js as browsers run it: the files of the published packages, unchanged. */

/** The global `tf` that {@link browserFiles} define. */
export type BrowserTensorFlow = typeof import('@tensorflow/tfjs') & {
  wasm: Pick<typeof import('@tensorflow/tfjs-backend-wasm'), 'setWasmPaths'>;
};

export type BrowserModel = import('@tensorflow/tfjs').LayersModel;
export type BrowserTensor = import('@tensorflow/tfjs').Tensor4D;

export interface BrowserFile {
  /** Its name, without a folder. */
  name: string;
  path: string;
}

/**
 * Scripts, to be loaded in this order: TensorFlow.js with its WebGL backend, and the WebAssembly backend.
 * WebAssembly modules, which the latter chooses from by what the browser can do; threads need a page that is isolated
 * from other origins and are left out.
 */
export function browserFiles(): { scripts: BrowserFile[]; modules: BrowserFile[] } {
  return {
    scripts: [
      { name: 'tf.js', path: require.resolve('@tensorflow/tfjs/dist/tf.es2017.min.js') },
      {
        name: 'tf-backend-wasm.js',
        path: require.resolve('@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js'),
      },
    ],
    modules: ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'].map((name) => ({
      name,
      path: require.resolve(`@tensorflow/tfjs-backend-wasm/dist/${name}`),
    })),
  };
}
