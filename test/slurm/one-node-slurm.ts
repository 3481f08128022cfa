import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { isRunning } from '../../src/runner/processes';

const packages = ['slurmctld', 'slurmd', 'slurm-client', 'munge'];
const programs = ['slurmctld', 'slurmd', 'squeue', 'munged'];

/** A cluster of this machine alone, run by its own daemons with their files in a temporary folder. */
export interface OneNodeSlurm {
  /** What clients need in their environment. */
  environment: { SLURM_CONF: string };
  /** Runs a Slurm command and returns what it printed. */
  run(...command: string[]): string;
  stop(): Promise<void>;
}

/** Why there can be no cluster here, or undefined. Installs Debian's packages where that is possible. */
export function missingSlurm(): string | undefined {
  if (process.env.ROADSEG_TEST_SLURM !== '1') return '`npm run test:slurm` runs it; it takes some minutes';
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  const isThere = () => programs.every((program) => Bun.which(program, { PATH: `${process.env.PATH}:/usr/sbin` }));
  if (isThere()) return undefined;
  if (!Bun.which('apt-get')) return `needs ${packages.join(', ')}, which apt-get could install on Debian`;
  const apt = (...args: string[]) => Bun.spawnSync(['apt-get', '-qq', ...args], { stdout: 'ignore', stderr: 'ignore' });
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...packages);
  return isThere() ? undefined : `apt-get could not install ${packages.join(', ')}`;
}

/** @throws Error when the node is not up after some seconds */
export async function startSlurm(): Promise<OneNodeSlurm> {
  const folder = mkdtempSync(path.join(tmpdir(), 'roadseg-slurm-'));
  const inFolder = (name: string) => path.join(folder, name);
  for (const name of ['state', 'spool']) mkdirSync(inFolder(name));
  const configuration = inFolder('slurm.conf');
  writeFileSync(configuration, slurmConf(inFolder));
  writeFileSync(inFolder('munge.key'), crypto.getRandomValues(new Uint8Array(1024)), { mode: 0o400 });
  const environment = { SLURM_CONF: configuration };
  const env = { ...process.env, ...environment, PATH: `${process.env.PATH}:/usr/sbin` };
  const run = (...command: string[]) => {
    const { stdout, stderr, exitCode } = Bun.spawnSync(command, { env, stdout: 'pipe', stderr: 'pipe' });
    if (exitCode !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
    return stdout.toString();
  };
  const stop = async () => {
    try {
      run('scancel', '--me');
      await until(() => run('squeue', '--noheader').trim() === '', 30);
    } catch {}
    for (const name of ['slurmd.pid', 'slurmctld.pid', 'munged.pid']) await end(inFolder(name));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const munge = ['key-file', 'socket', 'pid-file', 'log-file', 'seed-file'].map((option, index) => {
      const files = ['munge.key', 'munge.socket', 'munged.pid', 'munged.log', 'munge.seed'];
      return `--${option}=${inFolder(files[index])}`;
    });
    run('munged', '--force', ...munge);
    run('slurmctld', '-c');
    run('slurmd');
    await until(() => run('sinfo', '--noheader', '--format=%T').trim() === 'idle', 30);
  } catch (error) {
    await stop();
    throw error;
  }
  return { environment, run, stop };
}

/** Without systemd, cgroups and accounting: what a container or a virtual machine allows. */
function slurmConf(inFolder: (name: string) => string): string {
  const node = hostname().split('.')[0];
  return `ClusterName=test
SlurmctldHost=${node}(127.0.0.1)
SlurmctldPort=${freePort()}
SlurmdPort=${freePort()}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${inFolder('munge.socket')},cred_expire=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
KillWait=5
JobCompType=jobcomp/none
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,bf_interval=1
StateSaveLocation=${inFolder('state')}
SlurmdSpoolDir=${inFolder('spool')}
SlurmctldPidFile=${inFolder('slurmctld.pid')}
SlurmdPidFile=${inFolder('slurmd.pid')}
SlurmctldLogFile=${inFolder('slurmctld.log')}
SlurmdLogFile=${inFolder('slurmd.log')}
NodeName=${node} NodeAddr=127.0.0.1 CPUs=4 RealMemory=1000
PartitionName=main Nodes=${node} Default=YES MaxTime=INFINITE
`;
}

/** Ends the daemon of a pid file and waits until it is gone. */
async function end(pidFile: string): Promise<void> {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    process.kill(pid, 'SIGTERM');
    await until(() => !isRunning(pid), 15);
  } catch {}
}

/** A port that nobody listens on. */
function freePort(): number {
  const server = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data() {} } });
  server.stop(true);
  return server.port;
}

async function until(condition: () => boolean, seconds: number): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; ; await Bun.sleep(100)) {
    try {
      if (condition()) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    if (Date.now() > deadline) throw new Error(`Slurm: not after ${seconds} s`);
  }
}
