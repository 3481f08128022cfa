import os from 'node:os';
import path from 'node:path';

/** `file` as it is shown and stored: relative to the project folder and with slashes; absolute when it lies outside. */
export function shownPath(file: string, root: string): string {
  const absolute = path.resolve(root, file);
  const relative = path.relative(root, absolute);
  const outside = relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative);
  return (outside ? absolute : relative).split(path.sep).join('/');
}

/** `~` and `~/…` as a shell reads them; in a file or behind `key=` no shell does. */
export function expandHome(written: string): string {
  return written === '~' || written.startsWith('~/') ? path.join(os.homedir(), written.slice(1)) : written;
}

/** Whether a path written in a file leads, from the project folder, to a place inside it. */
export function staysInProject(written: string): boolean {
  const normal = path.normalize(written);
  return !path.isAbsolute(normal) && normal !== '..' && !normal.startsWith(`..${path.sep}`) && !normal.includes('\0');
}

/**
 * Whether results may be written to a folder: below `results/`, or anywhere outside the project that does not hold it.
 *
 * @param shown as {@link shownPath} gives it
 */
export function isPlaceForResults(shown: string, root: string): boolean {
  if (!path.isAbsolute(shown)) return /^results\/./.test(shown);
  return (
    !shown.includes('\0') && !`${path.resolve(root)}${path.sep}`.startsWith(`${shown.replace(/\/$/, '')}${path.sep}`)
  );
}

/** Whether a reference (`model.encoder.weights`, `comparison.runs[].run`) names an experiment rather than a folder or file of weights. */
export function isExperimentPath(reference: string): boolean {
  return /\.ya?ml$/.test(reference);
}

/** The default name: the path below `experiments/` joined by dashes, or the file's own name when it lies elsewhere. */
export function experimentName(shown: string): string {
  const segments = shown.replace(/\.ya?ml$/, '').split('/');
  const below = segments.slice(segments.lastIndexOf('experiments') + 1);
  const named = below.length < segments.length ? below : segments.slice(-1);
  return named
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
