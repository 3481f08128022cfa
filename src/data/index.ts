/** `roadway-segmentation/data`: data sets, their scenes as samples, and batches of them. */
export * from '../labels';
export * from '../splits';
export * from './batches';
export * from './class-distribution';
export * from './classes';
export * from './dataset';
export * from './open-dataset';
export * from './preprocessing';
export * from './sample-source';
