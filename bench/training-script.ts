/** Trains an experiment without a notebook, for `bun run bench:training`: its path, then overrides. */
import { openRun } from '../src/experiment/run-folder';
import { trainRun } from '../src/study/train';

const [experiment, ...set] = process.argv.slice(2);
trainRun(openRun(experiment, { set }));
