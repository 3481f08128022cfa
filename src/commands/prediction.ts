import { type Command, Option } from 'commander';
import { inTensorFlowEnvironment } from '../runner/tensorflow-environment';
import { MODEL, modelFolder } from './model-folder';
import { example, type JsonFlag, verbosityOf } from './options';

interface PredictFlags extends JsonFlag {
  run: string;
  overlay?: boolean;
  format?: 'cityscapes';
  out?: string;
}

/** `predict`: what a model makes of pictures. */
export function addPredictionCommands(program: Command): void {
  program
    .command('predict')
    .description('predict the groups of pictures, each in its own size')
    .argument('<pictures>', 'a picture, or a folder of pictures')
    .requiredOption('--run <run>', MODEL)
    .addOption(new Option('--mask', 'write each group in its colour (default)').conflicts(['overlay', 'format']))
    .addOption(new Option('--overlay', 'write that laid over the picture').conflicts('format'))
    .addOption(
      new Option('--format <format>', 'write label ids, as cityscapesScripts wants them').choices(['cityscapes']),
    )
    .option('--out <folder>', "where the predictions go; by default predictions/ in the run's folder")
    .option('--json', 'print the files written as JSON; what happens meanwhile goes to standard error')
    .addHelpText('after', example('predict street.png --run experiments/synthetic/base.yaml --overlay'))
    .action((pictures: string, { run, overlay, format, out, json }: PredictFlags, command: Command) =>
      inTensorFlowEnvironment(async () => {
        const folder = modelFolder(run);
        const { predictPictures } = await import('../report/predict-pictures');
        const screen = json ? process.stderr : process.stdout;
        const quiet = verbosityOf(command) === 'quiet';
        const predictions = await predictPictures(pictures, folder, {
          format: format ?? (overlay ? 'overlay' : 'mask'),
          out: out ?? `${folder}/predictions`,
          onPicture: quiet ? undefined : (done, total, file) => screen.write(`${done}/${total} ${file}\n`),
        });
        if (json) console.log(JSON.stringify({ run: folder, predictions }, null, 2));
      }),
    );
}
