/**
 * Runs the steps that are not in place, in order.
 */

import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bindingStep } from './binding.mjs';
import { endGroup, runLogged, tail } from './command.mjs';
import { kernelspecStep } from './kernelspec.mjs';
import { takeLock } from './lock.mjs';
import { compileForKernels } from './notebooks.mjs';
import { packagesStep } from './packages.mjs';
import { checkPrerequisites } from './prerequisites.mjs';
import { inCache, PROJECT_ROOT } from './project.mjs';
import { pythonStep } from './python.mjs';
import { SetupError } from './setup-error.mjs';
import { markStarted, whyNotInPlace, writeStamp } from './stamp.mjs';

/** @typedef {import('./project.mjs').Project} Project */
/** @typedef {import('./stamp.mjs').Step} Step */

/** In this order: the binding needs the packages and the wheel, the kernelspec lives in the .venv. */
export const STEPS = [packagesStep, pythonStep, bindingStep, kernelspecStep];

/**
 * @param {Project} project
 * @returns {{ name: string, title: string, problem: string | null }[]} `problem` is null for a step that is in place
 */
export function stepStates(project) {
  return STEPS.map((step) => ({
    name: step.name,
    title: step.title(project),
    problem: whyNotInPlace(project, step),
  }));
}

/** @param {Project} project @param {readonly Step[]} steps */
function pending(project, steps = STEPS) {
  return steps.filter((step) => whyNotInPlace(project, step) !== null);
}

/** @param {Project} project @returns {number} space that the steps not in place will take */
export function pendingDiskGigabytes(project) {
  return pending(project).reduce((sum, step) => sum + step.diskGigabytes(project), 0);
}

/**
 * @param {Project} project
 * @param {Step} step
 * @param {string} python
 * @param {(pid: number) => void} onStart
 */
async function runStep(project, step, python, onStart) {
  const log = inCache(project, `${step.name}.log`);
  const shown = path.relative(project.root, log);
  const began = performance.now();
  const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
  console.log(`set-up: ${step.title(project)} …`);
  if (markStarted(project, step)) step.clear(project);
  rmSync(log, { force: true });
  try {
    await step.run(project, {
      python,
      run: (command, args, { cwd = project.root, env = project.env } = {}) =>
        runLogged(command, args, { cwd, env, log, onStart }),
    });
    const lost = step.outputs(project).find((file) => !existsSync(file));
    if (lost) throw new SetupError(`It ended well, but ${lost} is not there.`);
    writeStamp(project, step);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const lines = tail(log);
    const shownLines = lines ? `\n${lines.replace(/^/gm, '    | ')}\n  (all of it: ${shown})` : '';
    throw new SetupError(`set-up: ${step.name} failed after ${seconds()}: ${reason}${shownLines}\n  → ${step.remedy}`);
  }
  console.log(`set-up: ${step.name} done in ${seconds()}`);
}

/**
 * @param {Project} project
 * @param {readonly Step[]} steps all, or the first of them
 * @returns {Promise<boolean>} false when all was in place
 * @throws {SetupError} with the text to print
 */
export async function setUp(project, steps = STEPS) {
  if (pending(project, steps).length === 0) return false;
  /** @type {number | null} */ let running = null;
  const lock = await takeLock(inCache(project, 'lock'), {
    onWait: (owner) =>
      console.log(`set-up: waiting for the one that process ${owner.process.pid} on ${owner.host} runs …`),
    endCommand: endGroup,
  });
  /** @type {ReturnType<typeof compileForKernels> | null} */ let compiling = null;
  /** @type {Promise<void> | null} */ let stopping = null;
  const interrupted = (/** @type {NodeJS.Signals} */ signal) => {
    compiling?.stop();
    stopping ??= (running ? endGroup(running) : Promise.resolve()).then(() => {
      lock.release();
      console.error(`set-up: stopped by ${signal}; run it again to go on.`);
      process.exit(signal === 'SIGINT' ? 130 : 143);
    });
  };
  const signals = /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) process.on(signal, interrupted);
  try {
    if (pending(project, steps).length === 0) return false; // the set-up waited for has done them
    const { problems, python } = checkPrerequisites(project, pendingDiskGigabytes(project));
    if (problems.length > 0) throw new SetupError(problems.join('\n'));
    for (const step of steps) {
      // Looked at when its turn comes: an earlier step that was run may have undone it.
      if (whyNotInPlace(project, step) !== null)
        await runStep(project, step, python, (pid) => {
          running = pid;
          lock.setCommand(pid);
        });
      if (step === packagesStep && steps.length > 1) compiling = compileForKernels(project);
    }
    await compiling?.ended;
    return true;
  } catch (error) {
    await stopping; // the command failed because it was stopped: leave the last word to that
    throw error;
  } finally {
    compiling?.stop();
    for (const signal of signals) process.off(signal, interrupted);
    lock.release();
  }
}

/** The whole program: sets up this checkout, or with `--packages` its npm packages alone, prints, and sets the exit code. */
export async function runFromCommandLine() {
  const packagesAlone = process.argv.includes('--packages');
  try {
    const done = await setUp({ root: PROJECT_ROOT, env: process.env }, packagesAlone ? [packagesStep] : STEPS);
    if (!packagesAlone) console.log(done ? 'set-up: complete.' : 'set-up: in place.');
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
