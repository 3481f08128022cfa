// biome-ignore-all assist/source/organizeImports: the environment has to be set before the library loads
/**
 * The one door to TensorFlow.js: importing `tf` from here sets the environment, and using it loads the native library. The
 * first import names what it takes, because the kernel leaves out modules that are imported for their effect alone.
 */
import { tensorFlowEnvironment } from './environment';
import tf, { whenLoaded } from './lazy-tensorflow';
import { showTensors } from './tensor-display';

whenLoaded(showTensors);

export { tf };

/** What the binding runs on, for provenance. */
export interface TensorFlowRuntime {
  /** Version of the native library, such as 2.21.0. */
  version: string;
  /** In words, such as `CPU, oneDNN on`. */
  device: string;
}

export function tensorFlowRuntime(): TensorFlowRuntime {
  const backend = tf.backend() as unknown as { binding: { TF_Version: string }; isUsingGpuDevice: boolean };
  const oneDnn = tensorFlowEnvironment.TF_ENABLE_ONEDNN_OPTS === '0' ? 'off' : 'on';
  return {
    version: backend.binding.TF_Version,
    device: backend.isUsingGpuDevice ? 'GPU' : `CPU, oneDNN ${oneDnn}`,
  };
}
