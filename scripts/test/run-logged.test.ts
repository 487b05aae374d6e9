import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CommandFailed, runLogged } from '../lib/run-logged.mjs';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-logged-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const node = (script: string, more: { signal?: AbortSignal; onLine?: (line: string) => void } = {}) =>
  runLogged({
    command: process.execPath,
    args: ['-e', script],
    cwd: folder,
    logFile: join(folder, 'logs', 'one.log'),
    ...more,
  });

it('keeps what a command says, line by line', async () => {
  const lines: string[] = [];
  await node('console.log("one"); console.error("two")', { onLine: (line) => lines.push(line) });
  expect(lines.sort()).toEqual(['one', 'two']);
  expect(
    readFileSync(join(folder, 'logs', 'one.log'), 'utf8')
      .split('\n')
      .sort(),
  ).toEqual(['', 'one', 'two']);
});

it('fails with the last lines and the log file', async () => {
  const failure = await node('console.log("reason"); process.exit(3)').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(CommandFailed);
  expect(failure).toMatchObject({
    message: 'ended with 3',
    tail: ['reason'],
    logFile: join(folder, 'logs', 'one.log'),
  });
});

it('says so when there is no such command', async () => {
  const run = runLogged({
    command: join(folder, 'missing'),
    args: [],
    cwd: folder,
    logFile: join(folder, 'one.log'),
  });
  await expect(run).rejects.toThrow(/ENOENT/);
});

it('ends the command and what it has started when it is stopped', async () => {
  const stop = new AbortController();
  // The output is at its end only when nobody holds it open any more, the grandchild included.
  const running = node(
    `const { spawn } = require('node:child_process');
     spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], { stdio: 'inherit' });
     setInterval(() => {}, 1000);`,
    { signal: stop.signal, onLine: () => stop.abort() },
  );
  await expect(running).rejects.toThrow('stopped');
});
