/** `roadway-segmentation/tensorflow`: compiled functions and training steps; see the README beside this file. */
export { CompilationError } from '../errors';
export * from './compile';
export * from './execution';
export * from './fused-layers';
export * from './fused-operations';
export * from './optimizer';
export * from './program';
export * from './tensorflow';
