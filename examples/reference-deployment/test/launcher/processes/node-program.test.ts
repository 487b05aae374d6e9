import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNodeProgram } from '../../../launcher/processes/node-program.js';
import { ServiceStartError } from '../../../launcher/processes/service.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-program-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(name: string, source: string, signal = new AbortController().signal) {
  const entry = join(folder, `${name}.mjs`);
  writeFileSync(entry, source);
  return startNodeProgram(
    { name, entry, args: [], logFile: join(folder, `${name}.log`), stopTimeoutMs: 500 },
    signal,
  );
}

const listen = `process.send({ type: 'listening', port: 1 }); setInterval(() => {}, 1000);`;

describe('a Node program under the launcher', () => {
  it('is there once it listens, writes to its log, and ends when asked', async () => {
    const running = await start('good', `console.log('hello'); ${listen}`);
    expect(running.pid).toBeGreaterThan(0);
    await running.stop();
    expect(await running.exited).toBe('SIGTERM');
    expect(readFileSync(join(folder, 'good.log'), 'utf8')).toBe('hello\n');
  });

  it('reports what it said when it ends instead', async () => {
    const failing = start(
      'bad',
      `console.log(JSON.stringify({ level: 60, msg: 'failed', err: { message: 'no such key file' } }));
       process.exit(1);`,
    );
    await expect(failing).rejects.toThrow(ServiceStartError);
    await expect(failing).rejects.toThrow(/bad ended \(exit code 1\): failed: no such key file/);
  });

  it('is killed when it does not end in time', async () => {
    const running = await start('stubborn', `process.on('SIGTERM', () => {}); ${listen}`);
    await running.stop();
    expect(await running.exited).toBe('SIGKILL');
  });

  it('takes what it has started with it when it is killed', async () => {
    const running = await start(
      'parent',
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['-e', 'setInterval(() => console.log("alive"), 20)'], { stdio: 'inherit' });
       ${listen}`,
    );
    const log = () => readFileSync(join(folder, 'parent.log'), 'utf8').length;
    await expect.poll(log).toBeGreaterThan(0);
    running.kill();
    await running.exited;
    await expect.poll(() => settled(log)).toBe(true);
  });

  it('is given up when the start is stopped', async () => {
    const stop = new AbortController();
    const starting = start('slow', 'setInterval(() => {}, 1000);', stop.signal);
    stop.abort(new Error('enough'));
    await expect(starting).rejects.toThrow('enough');
  });
});

/** Whether the value no longer changes over a few of its writer's periods. */
async function settled(value: () => number): Promise<boolean> {
  const before = value();
  await new Promise((done) => setTimeout(done, 80));
  return value() === before;
}
