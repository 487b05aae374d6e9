import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeyPool } from '@riskwatch/keypool';
import { expect, test } from 'vitest';
import { ModelCall } from '../../../../roles/scheduler/model/model-call.js';
import { Journal } from '../../../../roles/scheduler/tasks/journal.js';

/** One question to a provider made for the test. */
async function ask(provider: RequestListener) {
  const server = createServer(provider);
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
    return await call.ask(question, new Journal());
  } finally {
    await pool.close();
    server.close();
    server.closeAllConnections();
  }
}

test('a redirect is refused by its status, and the key is not taken along', async () => {
  const asked: (string | undefined)[] = [];
  const answer = ask((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  await expect(answer).rejects.toMatchObject({
    code: 'request_rejected',
    message: 'the provider answered 302',
  });
  expect(asked).toEqual(['/v1/chat/completions']);
});

test('an answer without end is a broken one, and is not read on', async () => {
  const answer = ask((_request, response) => {
    const piece = 'x'.repeat(65_536);
    const more = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', more);
    more();
  });
  await expect(answer).rejects.toMatchObject({ code: 'attempts_exhausted' });
});
