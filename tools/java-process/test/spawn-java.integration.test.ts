import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findJdk, type Jdk } from '../src/find-jdk.js';
import { spawnJava } from '../src/spawn-java.js';

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
let folder: string;
let jdk: Jdk;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'java-process-'));
  jdk = await findJdk();
  execFileSync(jdk.javac, ['-d', folder, fixture('Sleeper.java')]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const start = (args: string[], signal?: AbortSignal) =>
  spawnJava({
    jdk,
    classPath: [folder],
    mainClass: 'Sleeper',
    args,
    env: { RISKWATCH_TEST: 'seen' },
    cacheFolder: folder,
    logFile: join(folder, 'logs', 'sleeper.log'),
    signal,
  });

it('runs a program, sees its lines, stops it in order', async () => {
  const java = await start(['well']);
  expect(await java.waitForLine(/^ready/, { deadlineMs: 20_000 })).toBe('ready well seen');
  await java.stop();
  expect(java.lastLines()).toContain('asked to end');
  expect(await readFile(join(folder, 'logs', 'sleeper.log'), 'utf8')).toContain('ready well seen');
});

it('kills a program that does not stop by the deadline', async () => {
  const java = await start(['well', 'stubborn']);
  await java.waitForLine(/^ready/, { deadlineMs: 20_000 });
  expect(await java.stop({ deadlineMs: 300 })).toEqual({ code: null, signal: 'SIGKILL' });
});

it('stops when its signal is aborted', async () => {
  const controller = new AbortController();
  const java = await start(['well'], controller.signal);
  await java.waitForLine(/^ready/, { deadlineMs: 20_000 });
  controller.abort();
  await java.exited;
  expect(java.lastLines()).toContain('asked to end');
});

it('tells what a program printed when it ends too early', async () => {
  const java = await start(['fail']);
  await expect(java.waitForLine(/^never/, { deadlineMs: 20_000 })).rejects.toMatchObject({
    code: 'exited_early',
    message: expect.stringContaining('told to fail') as string,
  });
  expect(await java.exited).toEqual({ code: 1, signal: null });
});

it('is not ready when the line does not come', async () => {
  const java = await start(['well']);
  await expect(java.waitForLine(/^never/, { deadlineMs: 50 })).rejects.toMatchObject({ code: 'not_ready' });
  await java.kill();
});

it.each(['polite', 'stubborn'])(
  'ends within 10 s of the kill -9 of its launcher (%s program)',
  async (manner) => {
    const launcher = spawn(process.execPath, [fixture('launcher.mjs'), folder, folder, manner], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => {
      createInterface({ input: launcher.stdout }).once('line', (line) => resolve(Number(line)));
    });
    launcher.kill('SIGKILL');
    const isRunning = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    for (let waitedMs = 0; isRunning() && waitedMs < 10_000; waitedMs += 100) await sleep(100);
    expect(isRunning()).toBe(false);
  },
);
