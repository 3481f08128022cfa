/** What was found out by timing on this machine, kept on disk so that it is timed once. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { writeFile } from '../files/write-file';
import { tensorFlowEnvironment, threadSettings } from './environment';
import { tensorFlowRuntime } from './tensorflow';

const TUNING_FOLDER = '.cache/autotune';

interface Content {
  /** The most operations per second that a convolution reached. */
  peak: number;
  /** Forms of convolutions by what they compute, with the lowest time of each that was timed. */
  choices: Record<string, { form: string; milliseconds: Record<string, number> }>;
  /** Number formats by function, with the lowest time of each. */
  precisions: Record<string, { format: string; milliseconds: Record<string, number> }>;
}

export class TuningCache {
  private readonly file: string;
  readonly content: Content;

  /** @param folder keeps one file for each combination of processor, TensorFlow and settings */
  constructor(folder = TUNING_FOLDER) {
    const hash = createHash('sha256').update(JSON.stringify(machine())).digest('hex').slice(0, 16);
    this.file = join(folder, `${hash}.json`);
    this.content = readContent(this.file);
  }

  /** Replaces the file at once, for two runs may share it; the later one wins, and what is lost is timed again. */
  save(): void {
    writeFile(this.file, `${JSON.stringify({ machine: machine(), ...this.content }, null, 1)}\n`, { flush: false });
  }
}

/** Version of how candidates are timed: what an earlier one found is timed again. */
const TIMING_VERSION = 2;

/** What decides which candidate is fastest, beside what is computed. */
function machine() {
  const { version, device } = tensorFlowRuntime();
  return {
    timing: TIMING_VERSION,
    cpu: os.cpus()[0]?.model,
    cores: os.availableParallelism(),
    tensorflow: version,
    device,
    oneDnn: tensorFlowEnvironment.TF_ENABLE_ONEDNN_OPTS,
    threads: threadSettings(),
  };
}

/** A file that is missing or damaged only means timing again. */
function readContent(file: string): Content {
  try {
    const { peak = 0, choices = {}, precisions = {} } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Content>;
    return { peak, choices, precisions };
  } catch {
    return { peak: 0, choices: {}, precisions: {} };
  }
}
