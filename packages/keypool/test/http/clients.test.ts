import { afterEach, describe, expect, test } from 'vitest';
import { KeyPool, createPooledFetch, withCallOptions, type KeyPoolOptions } from '../../src/index.js';
import { loopbackServer, sendJson, type LoopbackServer } from '../support/loopback-server.js';
import { anthropicClient } from './clients/anthropic.js';
import { placeholder, type ClientUnderTest } from './clients/client-under-test.js';
import { googleGenaiClient } from './clients/google-genai.js';
import { langchainClient } from './clients/langchain.js';
import { openaiClient } from './clients/openai.js';
import { vercelAiClient } from './clients/vercel-ai.js';

const clients = [openaiClient, anthropicClient, googleGenaiClient, vercelAiClient, langchainClient];
const open: LoopbackServer[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

async function serve(answer: Parameters<typeof loopbackServer>[0]) {
  const server = await loopbackServer(answer);
  open.push(server);
  return server;
}

function poolAt(server: LoopbackServer, { provider }: ClientUnderTest, options: KeyPoolOptions = {}) {
  const keys = ['one', 'two', 'three'].map((id) => ({ id, secret: `secret-${id}` }));
  return new KeyPool({ provider, baseUrl: server.origin, keys, limits: [{ concurrent: 10 }], ...options });
}

const streamHead = { 'content-type': 'text/event-stream' };

describe.each(clients)('$name over a pool', (client) => {
  const keysSeen = (server: LoopbackServer) => server.seen.map(({ headers }) => client.keyIn(headers));
  const start = (server: LoopbackServer, pool: KeyPool) =>
    client.open(server.origin, createPooledFetch(pool));

  test("goes out with the pool's keys in turn, and its placeholder never leaves", async () => {
    const server = await serve((_, response) => sendJson(response, 200, client.whole('fine')));
    const pool = poolAt(server, client);
    const { ask } = start(server, pool);
    for (let call = 0; call < 4; call += 1) expect(await ask()).toBe('fine');
    expect(keysSeen(server)).toEqual(['secret-one', 'secret-two', 'secret-three', 'secret-one']);
    expect(JSON.stringify(server.seen)).not.toContain(placeholder);
    expect(pool.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  test('sees one success where a limit and a broken connection lie on the way', async () => {
    const server = await serve(({ headers }, response) => {
      const key = client.keyIn(headers);
      if (key === 'secret-one') sendJson(response, 429, client.limited, { 'retry-after': '30' });
      else if (key === 'secret-two') response.destroy();
      else sendJson(response, 200, client.whole('made it'));
    });
    const pool = poolAt(server, client);
    expect(await start(server, pool).ask()).toBe('made it');
    expect(keysSeen(server)).toEqual(['secret-one', 'secret-two', 'secret-three']);
    expect(new Set(server.seen.map(({ body }) => body)).size).toBe(1);
    expect(pool.snapshot().keys.map(({ state }) => state)).toEqual(['cooling', 'available', 'available']);
  });

  test("gets the provider's own error as its own, at once, when the request is wrong", async () => {
    const server = await serve((_, response) =>
      sendJson(response, 400, { error: { code: 400, message: 'nonsense', status: 'INVALID_ARGUMENT' } }),
    );
    const pool = poolAt(server, client);
    await expect(start(server, pool).ask()).rejects.toThrow(/nonsense/);
    expect(server.seen).toHaveLength(1);
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
  });

  test('streams, holds its key until the end, and settles by what the stream told', async () => {
    let finish: (() => void) | undefined;
    const server = await serve((_, response) => {
      response.writeHead(200, streamHead);
      const events = client.events(['one ', 'two']);
      const later = events.splice(events.findIndex((event) => event.includes('two')));
      response.write(events.join(''));
      finish = () => response.end(later.join(''));
    });
    const pool = poolAt(server, client, {
      limits: [{ tokens: 1_000, perSeconds: 3_600, counting: 'sliding' }, { concurrent: 9 }],
    });
    let text = '';
    await withCallOptions({ tokens: { input: 400, output: 500 } }, async () => {
      for await (const piece of start(server, pool).stream()) {
        text += piece;
        if (text !== 'one ') continue;
        expect(pool.snapshot().inFlight).toBe(1);
        finish!();
      }
    });
    expect(text).toBe('one two');
    await expect.poll(() => pool.snapshot().inFlight).toBe(0);
    const [tokens] = pool.snapshot().quotaGroups[0]!.limits;
    expect(tokens!.remaining).toBe(1_000 - client.streamedUsage);
  });

  test('frees its key when it is stopped in the middle of a stream', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, streamHead);
      response.write(client.events(['one ', 'two']).slice(0, -2).join(''));
    });
    const pool = poolAt(server, client);
    const controller = new AbortController();
    const reading = (async () => {
      for await (const piece of start(server, pool).stream(controller.signal))
        if (piece === 'one ') controller.abort();
    })();
    await reading.catch(() => undefined);
    await expect.poll(() => pool.snapshot().inFlight).toBe(0);
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
    expect(server.seen).toHaveLength(1);
  });

  test('does not see a stream that fails with its first event: another key streams', async () => {
    const server = await serve(({ headers }, response) => {
      response.writeHead(200, streamHead);
      response.end(
        client.keyIn(headers) === 'secret-one' ? client.failedEvent : client.events(['fine']).join(''),
      );
    });
    const pool = poolAt(server, client);
    let text = '';
    for await (const piece of start(server, pool).stream()) text += piece;
    expect(text).toBe('fine');
    expect(keysSeen(server)).toEqual(['secret-one', 'secret-two']);
    await expect.poll(() => pool.snapshot().inFlight).toBe(0);
    expect(pool.snapshot().keys[0]).toMatchObject({ succeeded: 0, otherFailures: 1 });
  });

  test('takes no key to another host', async () => {
    const home = await serve(() => undefined);
    const elsewhere = await serve((_, response) => sendJson(response, 200, client.whole('stolen')));
    const pool = poolAt(home, client);
    const strayed = client.open(elsewhere.origin, createPooledFetch(pool));
    await expect(strayed.ask()).rejects.toThrow();
    expect(elsewhere.seen).toHaveLength(0);
  });
});
