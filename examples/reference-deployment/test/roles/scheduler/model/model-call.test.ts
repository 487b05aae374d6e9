import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeyPool } from '@riskwatch/keypool';
import { expect, test } from 'vitest';
import { ModelCall } from '../../../../roles/scheduler/model/model-call.js';
import { Journal } from '../../../../roles/scheduler/tasks/journal.js';

test('a redirect is refused by its status, and the key is not taken along', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const pool = new KeyPool({ baseUrl: `http://127.0.0.1:${port}/v1`, keys: [{ id: 'a', secret: 'sk-a' }] });
  const call = new ModelCall({ pool, parameters: {}, callTimeoutMs: 5_000, fetch, now: Date.now });
  const question = {
    messages: [],
    priority: 0,
    fairnessKey: 'yard',
    deadlineMs: 5_000,
    tokens: { input: 1, output: 1 },
    signal: new AbortController().signal,
  };
  try {
    await expect(call.ask(question, new Journal())).rejects.toMatchObject({
      code: 'request_rejected',
      message: 'the provider answered 302',
    });
    expect(asked).toEqual(['/v1/chat/completions']);
  } finally {
    await pool.close();
    server.close();
  }
});
