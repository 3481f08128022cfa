/** What notebooks do with an experiment: open its run, train, evaluate, compare. */
export * from '../experiment/describe';
export * from '../experiment/run-folder';
export * from './compared-model';
export * from './compared-scenes';
export * from './comparison';
export * from './counterfactual-recall';
export * from './evaluate';
export * from './metrics-files';
export * from './predicted-scenes';
export * from './tensorboard/panel-events';
export * from './train';
export * from './trained-model';
export * from './training-data';
export * from './verdicts';
