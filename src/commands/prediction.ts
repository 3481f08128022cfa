import { basename } from 'node:path';
import { type Command, Option } from '@commander-js/extra-typings';
import { DataError } from '../errors';
import type { PictureFailure, PredictionListener } from '../publishing/predict-pictures';
import { ProgressLine } from '../report/notebook/progress-line';
import { MODEL, modelFolder, SHIPPED_MODEL } from './model-folder';
import { example, verbosityOf } from './options';
import { inTensorFlowEnvironment } from './tensorflow-environment';

/** A picture that takes longer is shown as it gets on. */
const LARGE_SECONDS = 1;

/** `predict`: what a model makes of pictures. */
export function addPredictionCommands(program: Command): void {
  program
    .command('predict')
    .description('predict the classes of pictures, each in its own size')
    .argument('<pictures>', 'a picture, or a folder of pictures')
    .option('--run <run>', MODEL, SHIPPED_MODEL)
    .addOption(new Option('--mask', 'write each class in its colour (default)').conflicts(['overlay', 'format']))
    .addOption(new Option('--overlay', 'write that laid over the picture').conflicts('format'))
    .addOption(
      new Option(
        '--format <format>',
        "write numbers in one channel: label ids, as cityscapesScripts wants them, or each class's place in the list, from 0",
      ).choices(['cityscapes', 'indices']),
    )
    .option('--mirror', 'also see each picture in the mirror, and take the mean of both; twice the time')
    .option('--out <folder>', "where the predictions go; by default predictions/ in the run's folder, or in results/")
    .option('--json', 'print the files written, and the pictures that failed, as JSON and nothing else')
    .addHelpText(
      'after',
      example('predict street.png', 'predict street.png --run experiments/synthetic/base.yaml --overlay'),
    )
    .action((pictures, { run, overlay, format, mirror, out, json }, command) => {
      const verbosity = verbosityOf(command);
      const predict = async () => {
        const folder = modelFolder(run);
        const { predictPictures } = await import('../publishing/predict-pictures');
        const { predictions, failures } = await predictPictures(pictures, folder, {
          format: format ?? (overlay ? 'overlay' : 'mask'),
          mirror,
          out: out ?? `${folder === SHIPPED_MODEL ? 'results' : folder}/predictions`,
          listener: json
            ? {}
            : verbosity === 'quiet'
              ? { onPredicted: (prediction) => console.log(prediction) }
              : screenListener(),
        });
        if (json)
          console.log(JSON.stringify({ run: folder, predictions, failures: failures.map(failureRecord) }, null, 2));
        if (failures.length > 0) throw failed(failures, predictions.length + failures.length);
      };
      return inTensorFlowEnvironment(predict, { verbose: verbosity === 'verbose' });
    });
}

/** What is shown to a person: a line for each picture, and how far a large one is. */
function screenListener(): PredictionListener {
  let current: { picture: string; started: number; line: ProgressLine } | undefined;
  return {
    onStep(picture, done, total) {
      if (current?.picture !== picture)
        current = { picture, started: performance.now(), line: new ProgressLine(basename(picture)) };
      if (performance.now() - current.started > LARGE_SECONDS * 1000) current.line.update(done, total);
    },
    onPredicted: (prediction, done, total) => console.log(`${done}/${total} ${prediction}`),
    onFailed: ({ error }, done, total) => console.error(`${done}/${total} ${error.problem}`),
  };
}

function failureRecord({ picture, error }: PictureFailure) {
  return { picture, problem: error.problem, remedy: error.remedy };
}

function failed(failures: readonly PictureFailure[], total: number): DataError {
  const lines = failures.map(({ error }) => `  ${error.problem}`);
  const remedies = [...new Set(failures.map(({ error }) => error.remedy))];
  return new DataError(
    [`${failures.length} of ${total} pictures could not be predicted`, ...lines].join('\n'),
    remedies.join('\n  → '),
  );
}
