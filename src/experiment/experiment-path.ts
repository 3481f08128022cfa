import { slug } from '../files/project-path';

/** Whether a reference (`model.encoder.weights`, `comparison.runs[].run`) names an experiment rather than a folder or file of weights. */
export function isExperimentPath(reference: string): boolean {
  return /\.ya?ml$/.test(reference);
}

/** The default name: the path below `experiments/` joined by dashes, or the file's own name when it lies elsewhere. */
export function experimentName(shown: string): string {
  const segments = shown.replace(/\.ya?ml$/, '').split('/');
  const below = segments.slice(segments.lastIndexOf('experiments') + 1);
  const named = below.length < segments.length ? below : segments.slice(-1);
  return slug(named.join('-'));
}
