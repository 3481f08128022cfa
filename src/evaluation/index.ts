/** `roadway-segmentation/evaluation`: predictions and what they score. */
export * from './boundary';
export * from './confusion-matrix';
export * from './evaluate';
export * from './label-counts';
export * from './metric';
export * from './metrics';
export * from './predictions';
export * from './segmenter';
export * from './small-things';
