/** Prints the losses of some compiled steps as JSON; run by Node in `node.test.ts`. */
import { createProgram } from '../../src/tensorflow/program';
import { adam } from '../../src/training/optimizers/adam';
import { COMPILED } from './execution';
import { batchOf, lossOf, runStep, smallModel, trainedVariables } from './small-model';

export function losses(): number[] {
  const model = smallModel();
  const program = createProgram(COMPILED);
  const step = program.trainingStep({ optimizer: adam(), variables: trainedVariables(model), loss: lossOf(model) });
  const values = [4, 4, 3].map((size, index) => runStep(step, batchOf(size, index)));
  program.dispose();
  model.dispose();
  return values;
}

if (process.argv[2] === 'print') console.log(JSON.stringify(losses()));
