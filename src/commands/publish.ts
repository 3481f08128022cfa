import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadExperiment } from '../experiment/load';
import { isExperimentPath } from '../experiment/project-path';
import { inTensorFlowEnvironment } from '../runner/tensorflow-environment';
import { example } from './options';

interface ExportFlags {
  to: 'tfjs' | 'savedmodel';
  out?: string;
}

const RUN = "an experiment's YAML, or the folder of a run or of a checkpoint";

/** `export` and `serve`: a trained model for others. */
export function addPublishingCommands(program: Command): void {
  program
    .command('export')
    .description("write a run's model for TensorFlow.js or TensorFlow, preprocessing included")
    .argument('<run>', RUN)
    .addOption(
      new Option('--to <format>', 'a layers model of TensorFlow.js, or a SavedModel')
        .choices(['tfjs', 'savedmodel'])
        .makeOptionMandatory(),
    )
    .option('--out <folder>', "where it goes; by default export/<format> in the run's folder")
    .addHelpText(
      'after',
      example(
        'export experiments/synthetic/base.yaml --to tfjs',
        'export experiments/camvid/base.yaml --to savedmodel --out street-model',
      ),
    )
    .action((run: string, { to, out }: ExportFlags) =>
      inTensorFlowEnvironment(async () => {
        const { exportRun } = await import('../publishing/export-run');
        for (const { path, bytes } of exportRun(runFolder(run), { to, out }))
          console.log(`${path}  ${(bytes / 1e6).toFixed(bytes < 1e5 ? 3 : 1)} MB`);
      }),
    );

  program
    .command('serve')
    .description('serve a page, on this machine only, where a dropped photo is segmented in the browser')
    .argument('<run>', RUN)
    .option('--port <number>', 'by default 8377; 0 takes any that is free', port)
    .addHelpText(
      'after',
      example('serve experiments/synthetic/base.yaml', 'serve experiments/camvid/base.yaml --port 0'),
    )
    .action((run: string, { port }: { port?: number }) =>
      inTensorFlowEnvironment(async () => {
        const { servePage } = await import('../publishing/page-server');
        const { url, close } = await servePage(runFolder(run), { port });
        console.log(`${url}  (Ctrl-C ends it)`);
        await new Promise<void>((resolve) => {
          for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
        });
        await close();
      }),
    );
}

function runFolder(run: string): string {
  return isExperimentPath(run) ? loadExperiment(run).folder : run;
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65535) throw new InvalidArgumentError('expected a number from 0 to 65535');
  return value;
}
