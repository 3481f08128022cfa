import os from 'node:os';
import path from 'node:path';

/** Holds, in a notebook's kernel, the folder of that notebook; the working directory is the project's. */
export const NOTEBOOK_FOLDER_VARIABLE = 'ROADSEG_NOTEBOOK_FOLDER';

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

/** A text as a name of files and folders: small letters and digits, joined by dashes. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
