import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  newestSnapshot,
  openStateFolder,
  pruneCheckpoints,
  setAside,
  type StateFolder,
} from '../src/state-folder.js';

const jobId = '00000000000000000000000000000001';
let dataDir: string;
let folder: StateFolder;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'flink-state-'));
  folder = await openStateFolder(dataDir);
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** A snapshot as Flink leaves it; without `_metadata` when it was not finished. */
const snapshot = async (path: string, completedAt?: number): Promise<string> => {
  await mkdir(path, { recursive: true });
  if (completedAt !== undefined) {
    await writeFile(join(path, '_metadata'), 'state');
    await utimes(join(path, '_metadata'), completedAt, completedAt);
  }
  return path;
};
const checkpoint = (number: number, completedAt?: number) =>
  snapshot(join(folder.checkpoints, jobId, `chk-${number}`), completedAt);
const savepoint = (name: string, completedAt?: number) =>
  snapshot(join(folder.savepoints, `savepoint-${name}`), completedAt);

describe('the snapshot to go on from', () => {
  it('is none in a new folder', async () => {
    expect(await newestSnapshot(folder)).toBeUndefined();
  });

  it('is the checkpoint with the highest number, whatever the clock said', async () => {
    await checkpoint(9, 2_000);
    const newest = await checkpoint(10, 1_000);
    expect(await newestSnapshot(folder)).toBe(newest);
  });

  it('is never one that was not finished', async () => {
    const whole = await checkpoint(3, 1_000);
    await checkpoint(4);
    await savepoint('aaaa');
    expect(await newestSnapshot(folder)).toBe(whole);
  });

  it('is a savepoint when that came last, and no longer after a further checkpoint', async () => {
    await checkpoint(3, 1_000);
    const stopped = await savepoint('aaaa', 2_000);
    expect(await newestSnapshot(folder)).toBe(stopped);
    const further = await checkpoint(4, 3_000);
    expect(await newestSnapshot(folder)).toBe(further);
  });
});

it('keeps the newest whole snapshots and removes the rest', async () => {
  for (const number of [1, 2, 3, 4]) await checkpoint(number, number);
  await checkpoint(5);
  await mkdir(join(folder.checkpoints, jobId, 'shared'), { recursive: true });
  await pruneCheckpoints(folder);
  expect((await readdir(join(folder.checkpoints, jobId))).sort()).toEqual([
    'chk-2',
    'chk-3',
    'chk-4',
    'shared',
  ]);
});

it('puts state aside without losing it', async () => {
  await checkpoint(1, 1_000);
  const aside = await setAside(folder, 'unusable');
  expect(await newestSnapshot(folder)).toBeUndefined();
  expect(await readdir(join(aside, jobId))).toEqual(['chk-1']);
});
