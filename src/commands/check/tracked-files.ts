import { spawnSync } from 'node:child_process';

/** The files below some folders that git tracks, relative to the project folder; undefined where there is no git. */
export function trackedFiles(root: string, folders: string[]): string[] | undefined {
  return git(root, ['ls-files', '-z', '--', ...folders])
    ?.split('\0')
    .filter((file) => file !== '');
}

/** A file as the next commit will hold it; undefined where git does not track it. */
export function stagedContent(root: string, file: string): string | undefined {
  return git(root, ['show', `:./${file}`]);
}

function git(root: string, args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return status === 0 ? stdout : undefined;
}
