/** What an exported model's user has to know of it, beside its files: data, settings, scores, licence, limits. */
import path from 'node:path';
import { classSet } from '../data/classes';
import { experimentYaml } from '../experiment/describe';
import { recordedExperiment } from '../experiment/run-folder';
import { type Experiment, experimentSchema } from '../experiment/schema';
import { type MetricsReport, metricsMarkdown, readMetricsFile } from '../study/metrics-files';
import { readRunResults } from '../study/results';
import { toMarkdownText } from '../tables/tables';
import { lowestLoss } from '../training/history';
import type { ModelFile } from './exported-model';

/**
 * `README.md`, the card, and `experiment.yaml`, the settings.
 *
 * @param folder of a run
 * @returns none where the folder is not that of a run whose weights were evaluated
 */
export function cardFiles(folder: string): ModelFile[] {
  const experiment = experimentSchema.safeParse(recordedExperiment(folder)).data;
  const { evaluations, history } = readRunResults(folder);
  if (!experiment || !evaluations[0]?.folder) return [];
  const metrics = readMetricsFile(path.join(folder, evaluations[0].folder));
  // Where the data lay says nothing to others.
  const settings = { ...experiment, data: { ...experiment.data, root: null } };
  return [
    { name: 'README.md', content: Buffer.from(modelCard(experiment, lowestLoss(history)?.epoch, metrics)) },
    { name: 'experiment.yaml', content: Buffer.from(experimentYaml(settings)) },
  ];
}

function modelCard(
  { name, description, data, model, seed }: Experiment,
  epoch: number | undefined,
  metrics: MetricsReport,
) {
  const { encoder, decoder, width } = model;
  const generated = data.source === 'synthetic';
  const scenes = generated
    ? `${data.synthetic.scenes.train} generated scenes`
    : `the training split of ${data.source === 'folder' ? 'own data' : data.source}`;
  const facts = {
    Predicts: `a class for every pixel: ${classSet(data.classes)
      .classes.map((each) => toMarkdownText(each.name))
      .join(', ')}`,
    Network: `${decoder.name} on ${encoder.name}, width ${width}, of its decoder ${decoder.width ?? width}, for squares of ${data.size} pixels`,
    Training: `on ${scenes}, seed ${seed}, the weights of epoch ${epoch}, which had the lowest validation loss; all settings are in [experiment.yaml](experiment.yaml)`,
    Licence: generated
      ? "that of this project, which drew the data: nobody else's pictures or weights went in"
      : 'subject to that of the data and of any weights the training started from',
    Limits: generated
      ? 'it has seen drawn streets alone, and photographs look different to it'
      : 'scores hold for pictures like those of the data set, at this size',
  };
  const list = Object.entries(facts).map(([fact, text]) => `- **${fact}**: ${text}.\n`);
  const scores = metricsMarkdown(metrics).replace('# Metrics', '# Scores').replace(/^#/gm, '##');
  return `# ${description || name}\n\n${list.join('')}\n${scores}`;
}
