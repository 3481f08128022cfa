import { expect, test } from 'bun:test';
import { schedule } from '../../../src/runner/sweep/schedule';

const task = (id: string, ...needs: string[]) => ({ id, needs });

/** Works off tasks whose ends the test decides; tells what was started, in order. */
function workshop() {
  const started: string[] = [];
  const ends = new Map<string, (succeeded: boolean) => void>();
  const work = ({ id }: { id: string }) => {
    started.push(id);
    return new Promise<boolean>((resolve) => ends.set(id, resolve));
  };
  const end = async (id: string, succeeded = true) => {
    ends.get(id)!(succeeded);
    await Bun.sleep(0);
  };
  return { started, work, end };
}

const named = (outcomes: Map<{ id: string }, string>) =>
  Object.fromEntries([...outcomes].map(([{ id }, outcome]) => [id, outcome]));

test('as many at once as allowed, in order, and none before what it needs', async () => {
  const { started, work, end } = workshop();
  const all = schedule([task('a'), task('b', 'a'), task('c'), task('d', 'finished long ago')], 2, work);
  expect(started).toEqual(['a', 'c']);
  await end('c');
  expect(started).toEqual(['a', 'c', 'd']);
  await end('a');
  expect(started).toEqual(['a', 'c', 'd', 'b']);
  await end('b');
  await end('d');
  expect(named(await all)).toEqual({ a: 'done', b: 'done', c: 'done', d: 'done' });
});

test('a failure stops those that need it, and no others', async () => {
  const { started, work, end } = workshop();
  const all = schedule([task('a'), task('b', 'a'), task('c', 'b'), task('d')], 1, work);
  await end('a', false);
  expect(started).toEqual(['a', 'd']);
  await end('d');
  expect(named(await all)).toEqual({ a: 'failed', b: 'skipped', c: 'skipped', d: 'done' });
});

test('after an abort what runs is waited for, and nothing more is started', async () => {
  const { started, work, end } = workshop();
  const controller = new AbortController();
  const all = schedule([task('a'), task('b')], 1, work, controller.signal);
  controller.abort();
  await end('a');
  expect(named(await all)).toEqual({ a: 'done', b: 'skipped' });
  expect(started).toEqual(['a']);
});

test('tasks that need each other are an error', () => {
  expect(schedule([task('a', 'b'), task('b', 'a')], 2, async () => true)).rejects.toThrow('need each other: a, b');
});
