import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { acquireFileLock } from '../src/file-lock.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-lock-'));
  file = join(folder, 'inner', 'lock');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A process that takes the lock in the name of the one with `pid` would; here: a lock left by a dead process. */
const leaveLockBehind = async () => {
  const script = `
    const { writeFileSync, mkdirSync } = require('node:fs');
    mkdirSync(${JSON.stringify(join(folder, 'inner'))}, { recursive: true });
    writeFileSync(${JSON.stringify(file)}, JSON.stringify({ token: 'dead', owners: [{ pid: process.pid, startedAt: 'once' }] }));
  `;
  const child = spawn(process.execPath, ['-e', script]);
  await new Promise((resolve) => child.once('close', resolve));
};

it('refuses a second owner and names the first', async () => {
  const lock = await acquireFileLock(file, { what: 'the data folder' });
  await expect(acquireFileLock(file, { what: 'the data folder' })).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining(`the data folder is in use by process ${process.pid}`) as string,
  });
  await lock.release();
  await (await acquireFileLock(file, { what: 'the data folder' })).release();
  expect(await readdir(join(folder, 'inner'))).toEqual([]);
});

it('hands over to the one who waits', async () => {
  const lock = await acquireFileLock(file, { what: 'it' });
  const second = acquireFileLock(file, { what: 'it', waitMs: Infinity });
  await lock.release();
  await (await second).release();
});

it('stops waiting when aborted and leaves nothing behind', async () => {
  const lock = await acquireFileLock(file, { what: 'it' });
  const reason = new Error('enough');
  const controller = new AbortController();
  const second = acquireFileLock(file, { what: 'it', waitMs: Infinity, signal: controller.signal });
  controller.abort(reason);
  await expect(second).rejects.toBe(reason);
  expect(await readdir(join(folder, 'inner'))).toEqual(['lock']);
  await lock.release();
});

it('takes over from the dead, by exactly one of many', async () => {
  await leaveLockBehind();
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, () => acquireFileLock(file, { what: 'it' })),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(join(folder, 'inner'))).toEqual(['lock']);
});

it('waits for the children of a dead owner', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await new Promise((resolve) => child.once('spawn', resolve));
  await leaveLockBehind();
  const first = await acquireFileLock(file, { what: 'it' });
  await first.addOwner(child.pid!);
  // As if the first owner had died: its entry no longer belongs to a running process.
  const { readFile, writeFile } = await import('node:fs/promises');
  const content = JSON.parse(await readFile(file, 'utf8')) as {
    owners: { pid: number; startedAt: string }[];
  };
  content.owners[0]!.startedAt = 'another time';
  await writeFile(file, JSON.stringify(content));
  const second = acquireFileLock(file, { what: 'it' });
  child.kill('SIGKILL');
  await (await second).release();
});
