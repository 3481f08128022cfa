import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageVersion } from '../experiment/provenance';
import { nodeVersionProblem } from '../setup/node-version.mjs';
import { orElse } from '../setup/or-else.mjs';
import { checkPrerequisites, freeGigabytes } from '../setup/prerequisites.mjs';
import { PROJECT_ROOT, sitePackages } from '../setup/project.mjs';
import { listGpus, tensorflowVariant } from '../setup/python.mjs';
import { pendingDiskGigabytes, stepStates } from '../setup/set-up.mjs';
import { tensorFlowEnvironment, threadSettings } from '../tensorflow/environment';
import { bfloat16Features, cpuFeatures } from '../tensorflow/processor';

/** What TensorFlow said of itself in a Node process of its own. */
export interface TensorflowFacts {
  backend: string;
  version: string;
  /** Whether operations are placed on an NVIDIA GPU. */
  gpu: boolean;
  /** Whether a small matrix product came out right. */
  correct: boolean;
  oneDnn: boolean;
}

/** What is on this machine and in this checkout. `null` stands for "not there". */
export type DoctorReport = ReturnType<typeof doctor>['report'];

/** @param meminfo a /proc/meminfo; @returns what a new program could use, in GB, or null when the line is not there */
export function availableMemory(meminfo: string): number | null {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kibibytes === undefined ? null : (Number(kibibytes) * 1024) / 1e9;
}

/** The version in the name of a wheel's record, `jupyterlab-4.6.6.dist-info`. */
function wheelVersion(root: string, name: string): string | null {
  const folder = sitePackages({ root, env: process.env });
  const records = folder ? orElse(() => readdirSync(folder), []) : [];
  const record = records.find((entry) => entry.startsWith(`${name}-`) && entry.endsWith('.dist-info'));
  return record?.slice(name.length + 1, -'.dist-info'.length) ?? null;
}

function versionsOf(root: string) {
  const pyvenv = orElse(() => readFileSync(path.join(root, '.venv', 'pyvenv.cfg'), 'utf8'), '');
  const node = spawnSync('node', ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const ofPackage = (...parts: string[]) => packageVersion(path.join(root, ...parts, 'package.json'));
  return {
    roadseg: ofPackage(),
    bun: process.versions.bun ?? ofPackage('node_modules', 'bun'),
    node: node.status === 0 ? node.stdout.trim().replace(/^v/, '') : null,
    python: /^version\s*=\s*(\S+)/m.exec(pyvenv)?.[1] ?? null,
    jupyterlab: wheelVersion(root, 'jupyterlab'),
    tslab: ofPackage('node_modules', 'tslab'),
    tfjs: ofPackage('node_modules', '@tensorflow', 'tfjs-node-gpu'),
  };
}

/** Starts TensorFlow in Node as the kernel would, with its messages on: one of them tells of oneDNN. */
function probeTensorflow(root: string): TensorflowFacts | { error: string } {
  const env = { ...process.env, ...tensorFlowEnvironment, TF_CPP_MIN_LOG_LEVEL: '0' };
  const probe = path.join(root, 'src', 'setup', 'tensorflow-probe.mjs');
  const { status, signal, error, stdout, stderr } = spawnSync('node', [probe], { env, cwd: root, encoding: 'utf8' });
  if (status !== 0) {
    const reason = stderr?.split('\n').find((line) => /^\w*Error\b/.test(line));
    return { error: reason ?? error?.message ?? `ended by ${signal ?? `exit code ${status}`}` };
  }
  return { ...JSON.parse(stdout), oneDnn: stderr.includes('oneDNN custom operations are on') };
}

/**
 * Looks at the machine and the checkout without changing anything.
 *
 * @param root of the checkout
 * @returns the report, and whether everything needed for a run is there
 */
export function doctor(root: string = PROJECT_ROOT) {
  const project = { root, env: process.env };
  const steps = stepStates(project);
  const versions = versionsOf(root);
  const tensorflow = probeTensorflow(root);
  const gpus = listGpus(project.env);
  const missing: string[] = [];
  const notes: string[] = [];

  const pending = steps.filter((step) => step.problem !== null);
  if (pending.length > 0) missing.push(...checkPrerequisites(project, pendingDiskGigabytes(project)).problems);
  for (const step of pending) missing.push(`Set-up step ${step.name} (${step.problem}). Run: npm run setup`);
  if (pending.length === 0 && 'error' in tensorflow) {
    missing.push(`TensorFlow does not start: ${tensorflow.error}. Run: rm -rf .cache/setup && npm run setup`);
  }
  if ('correct' in tensorflow && !tensorflow.correct) {
    missing.push('TensorFlow computes a wrong product. Run: rm -rf .cache/setup && npm run setup');
  }
  const nodeProblem =
    versions.node === null
      ? 'Missing: node on PATH. Get it: https://nodejs.org/en/download'
      : nodeVersionProblem(versions.node);
  if (nodeProblem) missing.push(nodeProblem);
  if (gpus.length > 0 && tensorflowVariant(project) === 'cpu') {
    notes.push(
      'An NVIDIA GPU is there, and TensorFlow was set up for the CPU. To use it: ROADSEG_CUDA=1 npm run setup',
    );
  }

  const meminfo = orElse(() => readFileSync('/proc/meminfo', 'utf8'), '');
  const report = {
    root,
    versions,
    tensorflow,
    cpu: {
      model: os.cpus()[0]?.model.trim() ?? 'unknown',
      logical: os.availableParallelism(),
      features: cpuFeatures(),
    },
    gpus,
    /** Threads within and between TensorFlow's operations; null for as many as there are cores. */
    threads: threadSettings(),
    /** Whether TensorFlow takes a GPU's memory as it needs it. */
    memoryGrowth: tensorFlowEnvironment.TF_FORCE_GPU_ALLOW_GROWTH === 'true',
    memory: {
      totalGigabytes: os.totalmem() / 1e9,
      availableGigabytes: availableMemory(meminfo) ?? os.freemem() / 1e9,
    },
    disk: { freeGigabytes: freeGigabytes(root) },
    steps,
    /** What is missing and what to run, one line each; empty on a healthy machine. */
    missing,
    /** Remarks that do not make the machine unhealthy. */
    notes,
  };
  return { report, healthy: missing.length === 0 };
}

function threadText(setting: DoctorReport['threads']['within']): string {
  return setting ? `${setting.count} (${setting.from})` : 'every core';
}

/** Whether `execution.precision` gains anything here. */
function bfloat16Text(features: readonly string[]): string {
  const fast = bfloat16Features(features);
  return fast.length > 0
    ? `fast (${fast.join(', ')})`
    : 'slow: neither avx512_bf16 nor amx_bf16, so execution.precision: auto takes float32';
}

/** The report as text: one fact a line, what is missing last. */
export function formatDoctorReport(report: DoctorReport): string {
  const { tensorflow, cpu, memory, threads } = report;
  const gigabytes = (value: number) => `${value.toFixed(1)} GB`;
  const facts: [string, string][] = [
    ['project', report.root],
    ...Object.entries(report.versions).map(([name, version]): [string, string] => [name, version ?? 'not there']),
  ];
  if ('error' in tensorflow) facts.push(['tensorflow', `does not start: ${tensorflow.error}`]);
  else {
    facts.push(['tensorflow', `${tensorflow.version} (backend ${tensorflow.backend})`]);
    facts.push(['runs on', tensorflow.gpu ? 'GPU' : 'CPU'], ['oneDNN', tensorflow.oneDnn ? 'on' : 'off']);
  }
  facts.push(
    ['devices', [`CPU: ${cpu.model}, ${cpu.logical} logical`, ...report.gpus].join('\n')],
    ['CPU features', cpu.features.join(' ') || 'unknown'],
    ['bfloat16', bfloat16Text(cpu.features)],
    ['threads', `${threadText(threads.within)} within an operation, ${threadText(threads.between)} between operations`],
    ['GPU memory', report.memoryGrowth ? 'taken as it is needed' : 'all taken at once'],
    ['memory', `${gigabytes(memory.availableGigabytes)} available of ${gigabytes(memory.totalGigabytes)}`],
    ['disk', `${gigabytes(report.disk.freeGigabytes)} free`],
    ...report.steps.map((step): [string, string] => [
      `set-up: ${step.name}`,
      step.problem === null ? `in place: ${step.title}` : `not in place (${step.problem})`,
    ]),
  );
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const lines = facts.map(([name, text]) => name.padEnd(width) + text.replaceAll('\n', `\n${' '.repeat(width)}`));
  if (report.notes.length > 0) lines.push('', ...report.notes);
  lines.push('', ...(report.missing.length > 0 ? report.missing : ['Everything is in place.']));
  return lines.join('\n');
}
