import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ask } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'provider-simulator-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('as a process it says where it listens and goes when its parent does', async () => {
  const config = join(folder, 'config.json');
  writeFileSync(
    config,
    JSON.stringify({ delay: { p50Ms: 0, p95Ms: 0 }, quotaGroups: [{ id: 'one', keys: ['sk-one'] }] }),
  );
  const built = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  const child = fork(built, ['--config', config]);
  const [message] = (await once(child, 'message')) as [{ type: string; port: number }];
  expect(message.type).toBe('listening');
  expect((await ask(`http://127.0.0.1:${message.port}/v1`, 'sk-one')).status).toBe(200);
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
