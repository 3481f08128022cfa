/**
 * Stands between the runner and its Jupyter Server: bun server-guard.ts <folder> <command…>
 *
 * Starts the command and waits until the pipe on its standard input closes, which happens whichever way the runner ends,
 * SIGKILL included. Then it ends the server and the kernels, which would outlive both, and removes the folder.
 */

import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { killTree, serverProcesses } from '../processes';

const [folder, command, ...args] = process.argv.slice(2);
const log = openSync(path.join(folder, 'server.log'), 'a');
const server = spawn(command, args, { stdio: ['ignore', log, log] });

function end(exitCode: number): never {
  for (let round = 0; round < 5; round++) {
    const left = serverProcesses(folder);
    if (left.length === 0) break;
    for (const pid of left) killTree(pid);
    Bun.sleepSync(20);
  }
  // When the server ended by itself the runner reads the log and removes the folder.
  if (exitCode === 0) rmSync(folder, { recursive: true, force: true });
  process.exit(exitCode);
}

server.on('error', () => end(1));
server.on('exit', () => end(1));
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => end(0));
process.stdin.on('end', () => end(0));
process.stdin.on('close', () => end(0));
process.stdin.resume();
