import { Document, isCollection, isNode, isSeq, type ToStringOptions, visit } from 'yaml';
import type { LoadedExperiment } from './load';
import type { Experiment } from './schema';

/** Long texts stay on their line, so that a value and its comment stay together. */
const FORMAT: ToStringOptions = { lineWidth: 0, flowCollectionPadding: false };

/** The resolved experiment, or sections of it, as YAML. */
export function experimentYaml(experiment: Partial<Experiment>): string {
  return experimentDocument(experiment).toString(FORMAT);
}

/** The resolved experiment as YAML, each value followed by a comment that says where it was written. */
export function describeExperiment({ path, folder, experiment, dependencies, sources }: LoadedExperiment): string {
  const document = experimentDocument(experiment);
  document.commentBefore = [
    ` ${path}`,
    ` results in ${folder}`,
    ...dependencies.map(({ path: needed, set }) => ` needs ${[needed, ...set].join(' ')}`),
  ].join('\n');
  for (const [key, source] of Object.entries(sources)) {
    const node = document.getIn(key.split('.'), true);
    if (isNode(node)) node.comment = ` ${source}`;
  }
  return document.toString(FORMAT);
}

/** Lists of plain values and what is empty go on one line, as a person would write them. */
function experimentDocument(experiment: Partial<Experiment>): Document {
  const document = new Document(experiment, { aliasDuplicateObjects: false });
  visit(document, {
    Collection(_key, node) {
      if (node.items.length === 0 || (isSeq(node) && !node.items.some(isCollection))) node.flow = true;
    },
  });
  return document;
}
