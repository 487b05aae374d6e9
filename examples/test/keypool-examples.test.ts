import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const examples = fileURLToPath(new URL('..', import.meta.url));

/** Which keys the provider saw. */
const seen = new Map<string, number>();

const provider = createServer((request, response) => {
  request.resume().on('end', () => {
    const key = (request.headers.authorization ?? '').replace('Bearer ', '');
    seen.set(key, (seen.get(key) ?? 0) + 1);
    const message = { role: 'assistant', content: 'forty-two' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ index: 0, finish_reason: 'stop', message }] }));
  });
});

beforeAll(() => new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => provider.close(resolve)));

async function output(example: string): Promise<string> {
  seen.clear();
  const { port } = provider.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1`;
  const env = {
    ...process.env,
    BASE_URL: url,
    KEYS: 'sk-1,sk-2,sk-3,sk-4',
    FIRST_URL: url,
    FIRST_KEYS: 'sk-1,sk-2',
    SECOND_URL: url,
    SECOND_KEYS: 'sk-3,sk-4',
  };
  const { stdout } = await run(process.execPath, ['--import', 'tsx', example], {
    cwd: examples,
    env,
    timeout: 20_000,
  });
  return stdout;
}

test('keypool-alone.ts spreads its questions over the keys', async () => {
  const text = await output('keypool-alone.ts');
  expect(text).toContain('20 answers, the first: forty-two');
  expect([...seen]).toEqual([
    ['sk-1', 5],
    ['sk-2', 5],
    ['sk-3', 5],
    ['sk-4', 5],
  ]);
});

test('under-the-openai-sdk.ts does so under the official client', async () => {
  expect(await output('under-the-openai-sdk.ts')).toContain('forty-two');
  expect([...seen.keys()].sort()).toEqual(['sk-1', 'sk-2', 'sk-3', 'sk-4']);
  expect([...seen.values()].reduce((sum, calls) => sum + calls, 0)).toBe(11);
});

test('two-providers.ts takes to the second provider what the first cannot begin in time', async () => {
  const text = await output('two-providers.ts');
  expect(text).toContain('8 answers, the first: forty-two');
  // Two calls at once for each of its keys; the next ones would begin after two seconds.
  expect(text).toContain('first: 4 calls');
  expect(text).toContain('second: 4 calls');
  expect([...seen.keys()].sort()).toEqual(['sk-1', 'sk-2', 'sk-3', 'sk-4']);
});

test('own-strategy.ts keeps a conversation on its key', async () => {
  const lines = (await output('own-strategy.ts')).trim().split('\n');
  for (const conversation of ['first', 'second']) {
    const keys = lines.filter((line) => line.startsWith(conversation));
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  }
});
