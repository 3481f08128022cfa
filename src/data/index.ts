/** `roadway-segmentation/data`: data sets, their scenes as samples, and batches of them. */
export * from '../labels';
export * from '../splits';
export * from './batches';
export * from './class-distribution';
export * from './classes';
export * from './counterfactual-samples';
export * from './dataset';
export * from './object-crops';
export * from './open-dataset';
export * from './prepare-scene';
export * from './preprocessing';
export * from './sample-source';
