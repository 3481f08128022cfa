import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PROVENANCE_FILE } from '../../experiment/provenance';
import { loadedRun, type Run } from '../../experiment/run-folder';
import { removeFile } from '../../files/write-file';
import type { ModelRun } from '../../study/compared-model';
import { SCORE_FILES } from '../../study/stored-evaluation';
import { HISTORY_FILE } from '../../training/history';

/**
 * What a page was made of, kept beside it: of each run the text that its scores, verdicts and figures are computed from, without
 * weights and pictures. So a page can be made again, and added to, where the trainings themselves are not.
 */
export class KeptRuns {
  /** Folders of the runs of which something has been kept by this. */
  private readonly begun = new Set<string>();

  /** @param folder that has a folder for each run, named as the run's own; relative to the project folder */
  constructor(
    private readonly folder: string,
    private readonly root: string,
  ) {}

  /** A run by what is kept of it, if anything is. */
  of({ experiment, folder }: Run): Run {
    return loadedRun({ experiment, folder: path.posix.join(this.folder, path.posix.basename(folder)) }, this.root);
  }

  /**
   * Copies what a run left, each of its evaluations that it is called for; what was kept of the run before goes. One that was
   * read from here stays as it is.
   */
  keep({ run, evaluation }: ModelRun): void {
    const kept = this.of(run);
    if (kept.folder === run.folder) return;
    if (!this.begun.has(run.folder)) removeFile(kept.path());
    this.begun.add(run.folder);
    const measured = SCORE_FILES.map((file) => path.join(evaluation.folder, file));
    for (const file of [HISTORY_FILE, PROVENANCE_FILE, ...measured].filter((each) => existsSync(run.path(each))))
      kept.write(file, readFileSync(run.path(file)));
  }

  /** Removes what is kept of all other runs. */
  retain(runs: readonly Run[]): void {
    const below = path.resolve(this.root, this.folder);
    const names = new Set(runs.map(({ folder }) => path.posix.basename(folder)));
    const others = existsSync(below) ? readdirSync(below).filter((name) => !names.has(name)) : [];
    for (const name of others) removeFile(path.join(below, name));
  }
}
