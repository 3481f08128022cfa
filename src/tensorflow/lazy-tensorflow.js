/**
 * TensorFlow.js, loaded when something of it is first used. So whoever only asks what options an optimizer or a loss takes
 * loads no native library. CommonJS, since Bun, the notebooks' kernel and a bundle for Node all have `require` here.
 */
/** @type {Record<string | symbol, unknown> | undefined} */
let loaded;

const tf = new Proxy(
  {},
  {
    get(_target, key) {
      loaded ??= require('@tensorflow/tfjs-node-gpu');
      return /** @type {Record<string | symbol, unknown>} */ (loaded)[key];
    },
  },
);

module.exports = { __esModule: true, default: tf };
