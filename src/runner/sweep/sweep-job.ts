/** One of many runs, as far as the runner has to know it. */
export interface SweepJob {
  label: string;
  /** The run folder, relative to the project folder; what lies there says how the run stands. */
  folder: string;
  /** Folders of jobs that have to be finished first. */
  needs: readonly string[];
  /** Nothing is left to be done. */
  finished: boolean;
  /** Puts into the folder what the job's process expects there. */
  prepare(): void;
}

/** How the process of a job is started: `<program> <folder>/<file> <flags> <firstFlags>`. */
export interface JobProcess {
  program: readonly string[];
  /** A file of the run folder. */
  file: string;
  flags?: readonly string[];
  /** Flags that only count when a job starts for the first time, not when a batch system starts it again. */
  firstFlags?: readonly string[];
}
