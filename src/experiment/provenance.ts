import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { RunError } from '../errors';
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

/** What the program knows of a stretch of a training that one process did. */
export interface PartFacts {
  /** What computed, in words, as in `CPU, oneDNN on` or a GPU's name. */
  device: string;
  /** The version that the TensorFlow library itself reports. */
  tensorflowVersion: string;
  startedAt: Date;
  /** The project folder. */
  root?: string;
}

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)));
const epoch = z.number().int().positive().nullable();

/** The epochs of a training that one process did, and with what. */
const part = z.object({
  /** Null outside a git checkout; `dirty` means that files differ from the commit. */
  git: z.object({ commit: z.string(), dirty: z.boolean() }).nullable(),
  versions: z.object({
    roadseg: z.string().nullable(),
    /** `node 20.20.0` or `bun 1.4.4`. */
    runtime: z.string(),
    tfjs: z.string().nullable(),
    tensorflow: z.string(),
  }),
  machine: z.object({
    platform: z.string(),
    cpu: z.string().nullable(),
    cores: z.number(),
    memoryGiB: z.number(),
    device: z.string(),
  }),
  /** Those of `RECORDED_ENVIRONMENT` that are set. */
  environment: z.record(z.string(), z.string().optional()),
  /** Ways other than TensorFlow's own in which convolutions were computed, by shape; they change how results are rounded. */
  convolutionForms: z.record(z.string(), z.string()).default({}),
  /** Weights of the classes in the order of the model's outputs, by the losses' names; absent where none weights classes. */
  classWeights: z.record(z.string(), z.array(z.number()).readonly()).optional(),
  startedAt: time,
  /** Null while the part goes on, and where its process was killed. */
  endedAt: time.nullable(),
  /** Counted from 1; null before the first has ended. */
  firstEpoch: epoch.default(null),
  lastEpoch: epoch.default(null),
});
export type ProvenancePart = z.infer<typeof part>;

const whole = z.object({
  seed: z.number(),
  /** Tells the scenes that were trained and validated on from others. */
  dataFingerprint: z.string(),
});
const provenance = whole.extend({
  /** What the encoder started from; null for random weights. */
  weights: z.object({ source: z.string(), sha256: z.string() }).nullable(),
  /** A run whose epochs were taken over, with their parts, and how many they are; null where there is none. */
  continuedFrom: z.object({ folder: z.string(), epochs: z.number() }).nullable(),
  /** In their order; more than one where the training was interrupted or taken over. */
  parts: z.array(part).min(1),
});
export type Provenance = z.infer<typeof provenance>;

/** As it was written before parts were told apart: all of one, whatever came after an interruption. */
const provenanceOfOnePart = whole.extend(part.shape);

/** A part as it begins: what a reader needs to tell whether it can be repeated; no host name, user or path is recorded. */
export function beginPart({ root = process.cwd(), ...facts }: PartFacts): ProvenancePart {
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
    convolutionForms: {},
    startedAt: facts.startedAt.toISOString(),
    endedAt: null,
    firstEpoch: null,
    lastEpoch: null,
  };
}

export const PROVENANCE_FILE = 'provenance.json';

/** Writes `provenance.json` into the run folder; returns its path. */
export function writeProvenance(run: Pick<Run, 'writeJson'>, provenance: Provenance): string {
  return run.writeJson(PROVENANCE_FILE, provenance);
}

/**
 * What a run folder's `provenance.json` says; undefined where there is none.
 *
 * @param folder as the file system finds it
 * @throws RunError when it is damaged
 */
export function readProvenance(folder: string): Provenance | undefined {
  const file = path.join(folder, PROVENANCE_FILE);
  if (!existsSync(file)) return undefined;
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const present = provenance.safeParse(content);
    if (present.success) return present.data;
    const { seed, dataFingerprint, ...only } = provenanceOfOnePart.parse(content);
    return { seed, dataFingerprint, weights: null, continuedFrom: null, parts: [only] };
  } catch (cause) {
    throw new RunError(`${file}: does not say how the run came about`, 'start the run again with --fresh', { cause });
  }
}

/** Null without git, outside a checkout, or where the checkout around the project is of something else. */
function gitState(root: string): ProvenancePart['git'] {
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

/** @param file a package.json. @returns null where it is not there */
export function packageVersion(file: string): string | null {
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
    return version ?? null;
  } catch {
    return null;
  }
}
