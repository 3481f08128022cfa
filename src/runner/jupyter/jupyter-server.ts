import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ServerConnection } from '@jupyterlab/services';
import { WORKS_FOR_VARIABLE } from '../../files/folder-lock';
import { EXIT_FOLDER_VARIABLE } from '../../kernel/exit-code';
import { tail } from '../../setup/command.mjs';
import { KERNEL_NAME } from '../../setup/kernelspec.mjs';
import { PROJECT_ROOT } from '../../setup/project.mjs';
import { RunnerError } from '../errors';
import { killTree, serverProcesses } from '../processes';

/** A Jupyter Server of the runner's own, on the loopback interface, with its kernels. */
export interface JupyterServer {
  settings: ServerConnection.ISettings;
  /** The private folder of configuration, connection files and log; gone after `stop`. */
  folder: string;
  /** Resolves, with the reason, if the server ends before `stop` is called. */
  ended: Promise<string>;
  /** The last lines of its log, for an error message; the kernels' own words are in it too. */
  logTail(): string;
  /** Ends the server, every kernel it still has, and the folder. */
  stop(): Promise<void>;
}

/** The way out where server or kernel do not start. */
export const CHECK_UP = 'Run `bun run roadseg doctor` for a check-up.';

/** Seconds in which the server has to answer. */
const START_SECONDS = 60;

/**
 * Starts a private Jupyter Server from `.venv` and waits until it answers. A free port, a random token of 32 bytes handed
 * over in the environment, and no configuration but its own: neither the user's nor the system's is read.
 *
 * @param environment variables for it and its kernels, beside those of this process
 * @throws RunnerError if the environment or the kernelspec is missing, or the server does not start.
 */
export async function startServer(
  signal?: AbortSignal,
  environment: Readonly<Record<string, string>> = {},
): Promise<JupyterServer> {
  const python = installedPython();
  signal?.throwIfAborted();
  bypassProxy();

  const folder = mkdtempSync(path.join(tmpdir(), 'roadseg-jupyter-'));
  const runtime = path.join(folder, 'runtime');
  const configuration = path.join(folder, 'jupyter_server_config.json');
  for (const name of ['runtime', 'data', 'config']) mkdirSync(path.join(folder, name), { mode: 0o700 });
  writeFileSync(configuration, JSON.stringify(serverConfiguration(), null, 2));

  const token = randomBytes(32).toString('hex');
  const guard = spawn(
    process.execPath,
    [
      path.join(import.meta.dir, 'server-guard.ts'),
      folder,
      python,
      path.join(import.meta.dir, 'private-server.py'),
      folder,
      `--config=${configuration}`,
    ],
    // A session of its own: Ctrl-C goes to the runner, which stops things in order.
    {
      cwd: PROJECT_ROOT,
      env: { ...serverEnvironment(folder, token), ...environment },
      stdio: ['pipe', 'ignore', 'inherit'],
      detached: true,
    },
  );

  let stopping = false;
  const exited = new Promise<void>((resolve) => {
    guard.once('exit', () => resolve());
    guard.once('error', () => resolve());
  });
  const stop = async () => {
    stopping = true;
    guard.stdin.end();
    await exited;
    // The guard has done this, unless it was itself killed.
    for (const pid of serverProcesses(folder)) killTree(pid);
    rmSync(folder, { recursive: true, force: true });
  };
  const ended = exited.then(() =>
    stopping ? new Promise<string>(() => {}) : `The Jupyter Server ended by itself.${logTail(folder)}`,
  );

  try {
    const port = await waitForPort(runtime, ended, signal);
    return { settings: connectionSettings(port, token), folder, ended, logTail: () => logTail(folder), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns Jupyter's Python. @throws RunnerError if `.venv` or the kernelspec in it is not there */
export function installedPython(root = PROJECT_ROOT): string {
  const python = path.join(root, '.venv', 'bin', 'python');
  const kernelspec = path.join(root, '.venv', 'share', 'jupyter', 'kernels', KERNEL_NAME, 'kernel.json');
  for (const [what, file] of [
    ["Jupyter's Python environment", python],
    [`the kernel "${KERNEL_NAME}"`, kernelspec],
  ]) {
    if (existsSync(file)) continue;
    const found = `${path.relative(process.cwd(), file)} does not exist`;
    throw new RunnerError(`${what} is not installed: ${found}`, 'Run `npm run setup`.');
  }
  return python;
}

function serverConfiguration() {
  return {
    ServerApp: {
      ip: '127.0.0.1',
      port: 0,
      open_browser: false,
      root_dir: PROJECT_ROOT,
      allow_root: true,
      terminals_enabled: false,
      log_level: 'WARN',
      // Keep-alive pings are for networks; on the loopback address a late answer would only cost the connection.
      tornado_settings: { ws_ping_interval: 0 },
    },
    // The runner watches the kernel itself; a restarted kernel would have forgotten the cells before.
    KernelManager: { autorestart: false, shutdown_wait_time: 2 },
    // By default the server drops output of more than 1 MB or 1000 messages a second.
    ZMQChannelsWebsocketConnection: { limit_rate: false },
  };
}

function serverEnvironment(folder: string, token: string): Record<string, string | undefined> {
  const withoutJupyter = Object.entries(process.env).filter(([name]) => !/^(JUPYTER|IPYTHON|JPY)/.test(name));
  return {
    ...Object.fromEntries(withoutJupyter),
    JUPYTER_TOKEN: token,
    JUPYTER_NO_CONFIG: '1',
    JUPYTER_CONFIG_DIR: path.join(folder, 'config'),
    JUPYTER_DATA_DIR: path.join(folder, 'data'),
    JUPYTER_RUNTIME_DIR: path.join(folder, 'runtime'),
    // Python itself takes these from whatever else is installed.
    PYTHONPATH: undefined,
    PYTHONHOME: undefined,
    PYTHONNOUSERSITE: '1',
    // Who holds the run folder that a kernel works on.
    [WORKS_FOR_VARIABLE]: String(process.pid),
    // Where a kernel leaves its exit code.
    [EXIT_FOLDER_VARIABLE]: folder,
  };
}

/** The server writes its port into `jpserver-<pid>.json` once it listens. */
async function waitForPort(runtime: string, ended: Promise<string>, signal?: AbortSignal): Promise<number> {
  let failure: string | undefined;
  ended.then((reason) => {
    failure = reason;
  });
  const deadline = Date.now() + START_SECONDS * 1000;
  while (Date.now() < deadline) {
    signal?.throwIfAborted();
    if (failure) throw new RunnerError(failure, CHECK_UP);
    const info = readdirSync(runtime).find((name) => /^jpserver-\d+\.json$/.test(name));
    const text = info ? readFileSync(path.join(runtime, info), 'utf8') : '';
    if (text.trimEnd().endsWith('}')) return (JSON.parse(text) as { port: number }).port;
    await Bun.sleep(50);
  }
  const tail = logTail(path.dirname(runtime));
  throw new RunnerError(`The Jupyter Server did not start within ${START_SECONDS} s${tail}`, CHECK_UP);
}

/** A proxy from the environment must not come between us and our own loopback address; Bun reads this at each request. */
function bypassProxy(): void {
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const hosts = process.env[name]?.split(',') ?? [];
    if (!hosts.includes('127.0.0.1')) process.env[name] = [...hosts, '127.0.0.1'].join(',');
  }
}

function connectionSettings(port: number, token: string): ServerConnection.ISettings {
  return ServerConnection.makeSettings({
    baseUrl: `http://127.0.0.1:${port}/`,
    wsUrl: `ws://127.0.0.1:${port}/`,
    token,
    appendToken: true,
  });
}

function logTail(folder: string): string {
  const words = tail(path.join(folder, 'server.log'), 12);
  return words.trim() === '' ? '' : `\nThe server's last words:\n${words}`;
}
