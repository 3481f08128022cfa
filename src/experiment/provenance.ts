import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TENSORFLOW_VARIABLES } from '../tensorflow/environment';
import type { Run } from './run-folder';

/** Variables that change what a run computes or how fast. Nothing else of the environment is recorded: it may hold secrets. */
const RECORDED_ENVIRONMENT = [
  ...TENSORFLOW_VARIABLES,
  'UV_THREADPOOL_SIZE',
  'SLURM_JOB_ID',
  'SLURM_ARRAY_JOB_ID',
  'SLURM_ARRAY_TASK_ID',
  'SLURM_CPUS_PER_TASK',
] as const;

export interface ProvenanceFacts {
  seed: number;
  /** Tells one state of the data set from another. */
  dataFingerprint: string;
  /** What computed, in words, as in `CPU, oneDNN on` or a GPU's name. */
  device: string;
  /** The version that the TensorFlow library itself reports. */
  tensorflowVersion: string;
  /** Ways other than TensorFlow's own in which convolutions were computed, by shape; they change how results are rounded. */
  convolutionForms?: Readonly<Record<string, string>>;
  startedAt: Date;
  /** When a training that had been interrupted was taken up again. */
  resumedAt?: readonly Date[];
  /** Absent while the run goes on. */
  endedAt?: Date;
  /** The project folder. */
  root?: string;
}

export interface Provenance {
  /** Null outside a git checkout; `dirty` means that files differ from the commit. */
  git: { commit: string; dirty: boolean } | null;
  versions: {
    roadseg: string | null;
    /** `node 20.20.0` or `bun 1.4.4`. */
    runtime: string;
    tfjs: string | null;
    tensorflow: string;
  };
  machine: { platform: string; cpu: string | null; cores: number; memoryGiB: number; device: string };
  environment: Partial<Record<(typeof RECORDED_ENVIRONMENT)[number], string>>;
  seed: number;
  dataFingerprint: string;
  convolutionForms: Readonly<Record<string, string>>;
  startedAt: string;
  resumedAt: string[];
  endedAt: string | null;
}

/** What a reader needs in order to judge whether a run can be repeated; no host name, user or path is recorded. */
export function collectProvenance({ root = process.cwd(), ...facts }: ProvenanceFacts): Provenance {
  const environment = RECORDED_ENVIRONMENT.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    git: gitState(root),
    versions: {
      roadseg: packageVersion(path.join(root, 'package.json')),
      runtime: process.versions.bun ? `bun ${process.versions.bun}` : `node ${process.versions.node}`,
      tfjs: packageVersion(path.join(root, 'node_modules/@tensorflow/tfjs-node-gpu/package.json')),
      tensorflow: facts.tensorflowVersion,
    },
    machine: {
      platform: `${process.platform} ${process.arch}`,
      cpu: os.cpus()[0]?.model.trim() || null,
      cores: os.availableParallelism(),
      memoryGiB: Math.round(os.totalmem() / 2 ** 30),
      device: facts.device,
    },
    environment: Object.fromEntries(environment),
    seed: facts.seed,
    dataFingerprint: facts.dataFingerprint,
    convolutionForms: facts.convolutionForms ?? {},
    startedAt: facts.startedAt.toISOString(),
    resumedAt: (facts.resumedAt ?? []).map((date) => date.toISOString()),
    endedAt: facts.endedAt?.toISOString() ?? null,
  };
}

/** Writes `provenance.json` into the run folder; returns its path. */
export function writeProvenance(run: Run, provenance: Provenance): string {
  return run.writeJson('provenance.json', provenance);
}

/** Null without git, outside a checkout, or where the checkout around the project is of something else. */
function gitState(root: string): Provenance['git'] {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      // Reading the state must not lock the index under someone who is committing.
      env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' },
    }).trim();
  try {
    git('ls-files', '--error-unmatch', 'package.json');
    return { commit: git('rev-parse', 'HEAD'), dirty: git('status', '--porcelain', '--', '.') !== '' };
  } catch {
    return null;
  }
}

function packageVersion(file: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
    return version ?? null;
  } catch {
    return null;
  }
}
