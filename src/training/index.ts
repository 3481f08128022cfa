/** `roadway-segmentation/training`: the training loop, and losses, schedules and optimizers by name. */
export * from './checkpoint';
export * from './history';
export * from './losses';
export * from './optimizers';
export * from './own-functions';
export * from './schedules';
export * from './train';
export * from './training-options';
