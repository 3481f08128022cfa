/** Programs that the fault tests run as processes of their own: scripts built for Node, and a disk that fails. */
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dir, '..');
/** Inside the project, so that Node finds its packages, and ignored by git; each process builds for itself. */
const BUILT = join(ROOT, '.cache', 'faults', String(process.pid));
process.on('exit', () => rmSync(BUILT, { recursive: true, force: true }));

/** Bundles a script to CommonJS, as the notebooks' kernel has it. @returns its path */
export async function builtForNode(script: string): Promise<string> {
  const built = await Bun.build({
    entrypoints: [join(import.meta.dir, script)],
    outdir: BUILT,
    target: 'node',
    format: 'cjs',
    external: ['@tensorflow/*', 'sharp', 'h5wasm'],
    naming: '[name].cjs',
  });
  if (!built.success) throw new Error(`${script}: ${built.logs.join('\n')}`);
  return join(BUILT, `${basename(script, '.ts')}.cjs`);
}

/** Compiles the library that makes a disk fail. @returns its path */
export function failingDisk(): string {
  mkdirSync(BUILT, { recursive: true });
  const library = join(BUILT, 'failing-disk.so');
  const source = join(import.meta.dir, 'failing-disk.c');
  const { exitCode, stderr } = Bun.spawnSync(['gcc', '-O2', '-shared', '-fPIC', '-o', library, source, '-ldl']);
  if (exitCode !== 0) throw new Error(`failing-disk.c: ${stderr}`);
  return library;
}

export interface DiskFault {
  folder: string;
  at?: number;
  action?: 'kill' | 'full' | 'readonly';
  /** Microseconds that each operation takes longer. */
  delay?: number;
  /** File that receives how many operations there were. */
  count?: string;
  /** File that receives the new name of each file that is renamed, one per line. */
  log?: string;
}

/** The environment that puts a process on a disk that fails so. */
export function onDisk(library: string, { folder, at, action, delay, count, log }: DiskFault): Record<string, string> {
  const settings = { FOLDER: folder, AT: at, ACTION: action, DELAY: delay, COUNT: count, LOG: log };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given.map(([name, value]) => [`FAULT_${name}`, String(value)])), LD_PRELOAD: library };
}

export interface Ended {
  exitCode: number | null;
  signal: string | null;
  output: string;
  seconds: number;
}

/** When a process is to be killed: so long after it began, or after it printed that line. */
export interface Kill {
  afterLine?: string;
  milliseconds: number;
}

/** Runs a program to its end, or kills it. */
export async function run(
  command: string[],
  { cwd, env, kill }: { cwd: string; env?: Record<string, string>; kill?: Kill },
): Promise<Ended> {
  const started = performance.now();
  const child = Bun.spawn(command, {
    cwd,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', TF_ENABLE_ONEDNN_OPTS: '1', ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arm = () => {
    if (kill) timer ??= setTimeout(() => child.kill('SIGKILL'), kill.milliseconds);
  };
  if (kill?.afterLine === undefined) arm();
  const errors = new Response(child.stderr).text();
  let stdout = '';
  const decoder = new TextDecoder();
  for await (const piece of child.stdout as unknown as AsyncIterable<Uint8Array>) {
    stdout += decoder.decode(piece, { stream: true });
    if (kill?.afterLine !== undefined && `\n${stdout}`.includes(`\n${kill.afterLine}\n`)) arm();
  }
  await child.exited;
  clearTimeout(timer);
  const seconds = (performance.now() - started) / 1000;
  return { exitCode: child.exitCode, signal: child.signalCode, output: stdout + (await errors), seconds };
}
