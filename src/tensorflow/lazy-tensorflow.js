/**
 * TensorFlow.js, loaded when something of it is first used. So whoever only asks what options an optimizer or a loss takes
 * loads no native library. CommonJS, since Bun, the notebooks' kernel and a bundle for Node all have `require` here.
 */
/** @type {Record<string | symbol, unknown> | undefined} */
let loaded;

/** @type {((tensorflow: any) => void)[]} */
const listeners = [];

const tf = new Proxy(
  {},
  {
    get(_target, key) {
      if (!loaded) {
        loaded = require('@tensorflow/tfjs-node-gpu');
        for (const listener of listeners) listener(loaded);
      }
      return /** @type {Record<string | symbol, unknown>} */ (loaded)[key];
    },
  },
);

/** @param {(tensorflow: any) => void} listener told once it is loaded */
function whenLoaded(listener) {
  if (loaded) listener(loaded);
  else listeners.push(listener);
}

module.exports = { __esModule: true, default: tf, whenLoaded };
