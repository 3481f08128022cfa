import { expect, test } from 'bun:test';
import path from 'node:path';

const PROGRAM = `
const { CompiledModules, requireTypeScript } = await import('./src/kernel/compiled-modules.mjs');
const { default: vm } = await import('node:vm');
const modules = new CompiledModules(process.cwd());
requireTypeScript(modules);
const told = [];
modules.require('./src/kernel/interrupts.ts').watchInterrupts(() => told.push('told'));
const signal = async () => {
  process.kill(process.pid, 'SIGINT');
  for (let turn = 0; turn < 200 && told.length === 0; turn += 1) await new Promise((next) => setTimeout(next, 10));
  console.log(told.splice(0).join());
};
await signal();
new vm.Script('1').runInThisContext({ breakOnSigint: true });
await signal();
process.once('SIGINT', () => told.push('own'));
await signal();
await signal();
try {
  globalThis.kill = () => process.kill(process.pid, 'SIGINT');
  new vm.Script('kill(); for (;;);').runInThisContext({ breakOnSigint: true });
} catch (error) {
  console.log(error.code);
}
`;

test('a SIGINT is told: before a script, behind it, and behind a listener; within, it ends the script', async () => {
  const node = Bun.spawn(['node', '--input-type=module', '-e', PROGRAM], {
    cwd: path.resolve(import.meta.dir, '..', '..'),
    stdout: 'pipe',
    stderr: 'inherit',
  });
  const printed = (await new Response(node.stdout).text()).trim().split('\n');
  expect(printed).toEqual(['told', 'told', 'own', 'told', 'ERR_SCRIPT_EXECUTION_INTERRUPTED']);
  expect(await node.exited).toBe(0);
}, 60_000);
