import * as tf from '@tensorflow/tfjs-node-gpu';

/** @param listener told once it is loaded */
export declare function whenLoaded(listener: (tensorflow: typeof tf) => void): void;

export { tf as default };
