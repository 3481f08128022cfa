import { afterAll, expect, test } from 'bun:test';
import { readdirSync, truncateSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { pruneCache } from '../../src/kernel/prune-cache';
import { projectFolder, removeProjectFolders } from '../experiment/project-folder';

afterAll(removeProjectFolders);

const DAY = 24 * 60 * 60;

test('what was kept for a month goes, and the oldest beyond 256 MiB; once a day', () => {
  const root = projectFolder({ 'old.json': '1', 'large.json': '1', 'new.json': '1' });
  const today = 1000 * DAY;
  const made = (name: string, daysAgo: number) => {
    const time = today - daysAgo * DAY;
    utimesSync(path.join(root, name), time, time);
  };
  truncateSync(path.join(root, 'large.json'), 256 * 2 ** 20);
  made('old.json', 31);
  made('large.json', 2);
  made('new.json', 1);
  expect(pruneCache(root, today * 1000)).toBe(2);
  expect(readdirSync(root).sort()).toEqual(['.pruned', 'new.json']);

  made('new.json', 40);
  expect(pruneCache(root, (today + DAY / 2) * 1000)).toBe(0);
  expect(pruneCache(root, (today + 2 * DAY) * 1000)).toBe(1);
});
