/** `roadway-segmentation/model`: encoders, decoders and what they are made of. */
export * from './blocks';
export * from './build-model';
export * from './classifier';
export * from './decoders';
export * from './decoders/u-net';
export * from './encoders';
export { encoderFeatures } from './encoders/encoder';
export * from './forward-pass';
export * from './model-classes';
export * from './model-description';
export * from './summary';
