import { type Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { sizeText } from '../human-units';
import { MODEL, modelFolder, SHIPPED_MODEL } from './model-folder';
import { example, verbosityOf } from './options';
import { inTensorFlowEnvironment } from './tensorflow-environment';

/** `export` and `serve`: a trained model for others. */
export function addPublishingCommands(program: Command): void {
  program
    .command('export')
    .description("write a run's model for TensorFlow.js, TensorFlow or ONNX, preprocessing included")
    .argument('<run>', MODEL)
    .addOption(
      new Option('--to <format>', 'a layers model of TensorFlow.js, a SavedModel, or an ONNX file')
        .choices(['tfjs', 'savedmodel', 'onnx'])
        .makeOptionMandatory(),
    )
    .option('--out <folder>', "where it goes; by default export/<format> in the run's folder")
    .addOption(
      new Option('--precision <format>', 'of the convolutions of a SavedModel; bfloat16 suits AVX512_BF16 and AMX')
        .choices(['float32', 'bfloat16'])
        .default('float32'),
    )
    .addOption(
      new Option('--weights <format>', 'how the filters of a TensorFlow.js model are stored; float16 halves its files')
        .choices(['float32', 'float16'])
        .default('float32'),
    )
    .option('--json', 'print the files written as JSON')
    .addHelpText(
      'after',
      example(
        'export experiments/synthetic/base.yaml --to tfjs',
        'export experiments/camvid/base.yaml --to savedmodel --out street-model',
      ),
    )
    .action((run, { to, out, precision, weights, json }, command) =>
      inTensorFlowEnvironment(
        async () => {
          const folder = modelFolder(run);
          const { exportRun } = await import('../publishing/export-run');
          const files = exportRun(folder, { to, out, precision, stored: weights });
          if (json) console.log(JSON.stringify({ run: folder, format: to, files }, null, 2));
          else for (const { path, bytes } of files) console.log(`${path}  ${sizeText(bytes)}`);
        },
        { verbose: verbosityOf(command) === 'verbose' },
      ),
    );

  program
    .command('serve')
    .description('serve a page, on this machine only, where a dropped photo is segmented in the browser')
    .argument('[run]', MODEL, SHIPPED_MODEL)
    .option('--port <number>', 'by default 8377; 0 takes any that is free', port)
    .addHelpText('after', example('serve', 'serve experiments/camvid/base.yaml --port 0'))
    .action((run, { port }, command) =>
      inTensorFlowEnvironment(
        async () => {
          const { servePage } = await import('../publishing/page-server');
          const { url, close } = await servePage(modelFolder(run), { port });
          console.log(`${url}  (Ctrl-C ends it)`);
          await new Promise<void>((resolve) => {
            for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
          });
          await close();
        },
        { verbose: verbosityOf(command) === 'verbose' },
      ),
    );
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65535) throw new InvalidArgumentError('expected a number from 0 to 65535');
  return value;
}
