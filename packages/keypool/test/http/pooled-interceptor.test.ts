import { Agent, Client, fetch as undiciFetch, interceptors, request, type Dispatcher } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { KeyPool, withCallOptions, type KeyPoolOptions } from '../../src/index.js';
import { createPooledInterceptor } from '../../src/http/undici/index.js';
import { anthropic, openai, openrouter } from '../../src/providers/index.js';
import { completion, loopbackServer, sendJson, type LoopbackServer } from '../support/loopback-server.js';

const servers: LoopbackServer[] = [];
const agents: Dispatcher[] = [];

afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.destroy();
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

async function serve(answer: Parameters<typeof loopbackServer>[0]) {
  const server = await loopbackServer(answer);
  servers.push(server);
  return server;
}

function pooled(server: LoopbackServer, options: KeyPoolOptions = {}) {
  const keys = ['one', 'two', 'three'].map((id) => ({ id, secret: `sk-${id}` }));
  const pool = new KeyPool({ keys, limits: [{ concurrent: 10 }], baseUrl: server.origin, ...options });
  const agent = new Agent();
  agents.push(agent);
  const outcomes: string[] = [];
  pool.on('attempt', ({ keyId, outcome }) => outcomes.push(`${keyId} ${outcome}`));
  const dispatcher = agent.compose(createPooledInterceptor(pool));
  const post = (path: string, more: Partial<Parameters<typeof request>[1]> = {}) =>
    request(`${server.origin}${path}`, { method: 'POST', body: 'hello', dispatcher, ...more });
  return { pool, agent, dispatcher, outcomes, post };
}

const keysSeen = (server: LoopbackServer) => server.seen.map(({ key }) => key);
const streamHead = { 'content-type': 'text/event-stream' };

describe('undici over a pool', () => {
  test.each<[string, Dispatcher.DispatchOptions['headers']]>([
    ['an object', { Authorization: 'Bearer not-ours', 'X-Api-Key': 'not-ours', 'x-mine': '1' }],
    ['names and values', ['authorization', 'Bearer not-ours', 'api-key', 'not-ours', 'x-mine', '1']],
    [
      'pairs',
      new Map([
        ['x-goog-api-key', 'not-ours'],
        ['x-mine', '1'],
      ]),
    ],
    ['Headers', new Headers({ authorization: 'Bearer not-ours', 'x-mine': '1' })],
  ])("goes out with the pool's keys in turn; headers as %s", async (_, headers) => {
    const server = await serve(({ key }, response) =>
      sendJson(response, 200, { key }, { 'x-request-id': '7' }),
    );
    const { pool, post } = pooled(server);
    for (const key of ['sk-one', 'sk-two', 'sk-three', 'sk-one']) {
      const response = await post('/a?b=c', { headers: headers as Record<string, string> });
      expect(response.statusCode).toBe(200);
      expect(response.headers['x-request-id']).toBe('7');
      expect(await response.body.json()).toEqual({ key });
    }
    expect(server.seen[0]).toMatchObject({ path: '/a?b=c', body: 'hello', method: 'POST' });
    expect(server.seen[0]!.headers['x-mine']).toBe('1');
    expect(JSON.stringify(server.seen)).not.toContain('not-ours');
    expect(pool.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  test('sees one success where a limit, a dead key and a broken connection lie on the way', async () => {
    let broken = 1;
    const server = await serve(({ key }, response) => {
      if (key === 'sk-one') sendJson(response, 429, { error: {} }, { 'retry-after': '30' });
      else if (key === 'sk-two') sendJson(response, 401, { error: {} });
      else if (broken-- > 0) response.destroy();
      else sendJson(response, 200, { made: 'it' });
    });
    const { pool, post } = pooled(server);
    expect(await (await post('/')).body.json()).toEqual({ made: 'it' });
    expect(keysSeen(server)).toEqual(['sk-one', 'sk-two', 'sk-three', 'sk-three']);
    expect(pool.snapshot().keys.map(({ state }) => state)).toEqual(['cooling', 'quarantined', 'available']);
  });

  test("gets the provider's own answer when nothing else is left", async () => {
    const server = await serve((_, response) =>
      sendJson(response, 429, { error: { code: 'rate_limit_exceeded' } }, { 'retry-after': '60' }),
    );
    const { post } = pooled(server);
    const response = await withCallOptions({ deadlineMs: 5_000 }, () => post('/'));
    expect(response.statusCode).toBe(429);
    expect(response.headers['retry-after']).toBe('60');
    expect(await response.body.json()).toEqual({ error: { code: 'rate_limit_exceeded' } });
    expect(server.seen).toHaveLength(3);
  });

  test('gets our error when no answer could be had', async () => {
    const server = await serve(() => undefined);
    const { post } = pooled(server, { keys: [] });
    await expect(post('/')).rejects.toMatchObject({ code: 'no_usable_key' });
  });

  test('is told of a wrong request at once', async () => {
    const server = await serve((_, response) => sendJson(response, 400, { error: {} }));
    const { pool, post } = pooled(server);
    expect((await post('/')).statusCode).toBe(400);
    expect(server.seen).toHaveLength(1);
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
  });

  test('an answer without a body ends the call', async () => {
    const server = await serve((_, response) => response.writeHead(204).end());
    const { pool, post } = pooled(server);
    const response = await post('/');
    expect(response.statusCode).toBe(204);
    expect(await response.body.text()).toBe('');
    expect(pool.snapshot().inFlight).toBe(0);
  });

  test('a stream of a body is sent once: its refusal is the answer', async () => {
    const server = await serve((_, response) =>
      sendJson(response, 429, { busy: true }, { 'retry-after': '9' }),
    );
    const { dispatcher } = pooled(server);
    const response = await undiciFetch(server.origin, { method: 'POST', body: 'hello', dispatcher });
    expect(response.status).toBe(429);
    expect(await response.json()).toEqual({ busy: true });
    expect(server.seen.map(({ body }) => body)).toEqual(['hello']);
  });

  test('goes to the address of the quota group, with its model', async () => {
    const server = await serve(({ path }, response) => sendJson(response, 200, { path }));
    const { post } = pooled(server, {
      baseUrl: `${server.origin}/v1`,
      keys: [{ id: 'there', secret: 'sk-there' }],
      quotaGroups: [
        { id: 'there', limits: [{ concurrent: 1 }], baseUrl: `${server.origin}/eu`, model: 'deployment-7' },
      ],
    });
    const body = JSON.stringify({ model: 'some-model' });
    const headers = { 'content-length': String(body.length) };
    expect(await (await post('/v1/chat', { body, headers })).body.json()).toEqual({ path: '/eu/chat' });
    expect(server.seen[0]!.body).toBe('{"model":"deployment-7"}');
  });
});

describe('a streamed answer', () => {
  test('passes piece by piece, holds its key until the end, and settles the tokens', async () => {
    let finish: (() => void) | undefined;
    const server = await serve((_, response) => {
      response.writeHead(200, streamHead);
      response.write('data: {"choices":[]}\n\n');
      finish = () =>
        response.end('data: {"usage":{"prompt_tokens":9,"completion_tokens":3}}\n\ndata: [DONE]\n\n');
    });
    const { pool, post } = pooled(server, {
      provider: openai,
      keys: [{ id: 'one', secret: 'sk-one' }],
      limits: [{ tokens: 1_000, perSeconds: 3_600, counting: 'sliding' }, { concurrent: 9 }],
    });
    const response = await withCallOptions({ tokens: { input: 400, output: 500 } }, () => post('/'));
    const pieces: string[] = [];
    for await (const piece of response.body) {
      pieces.push(String(piece));
      if (pieces.length > 1) continue;
      expect(pool.snapshot().inFlight).toBe(1);
      finish!();
    }
    expect(pieces.join('')).toContain('[DONE]');
    expect(pieces.length).toBeGreaterThan(1);
    expect(pool.snapshot().inFlight).toBe(0);
    expect(pool.snapshot().quotaGroups[0]!.limits[0]!.remaining).toBe(1_000 - 12);
  });

  test('that fails with its first event is asked of another key', async () => {
    const server = await serve(({ headers }, response) => {
      response.writeHead(200, streamHead);
      if (headers['x-api-key'] !== 'sk-one') return response.end('data: {"type":"message_stop"}\n\n');
      // It stays open: what is not wanted is called off.
      response.write('event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n');
      response.on('close', () => server.seen.push({ ...server.seen[0]!, key: 'closed' }));
    });
    const { outcomes, post } = pooled(server, { provider: anthropic });
    expect(await (await post('/')).body.text()).toContain('message_stop');
    expect(outcomes).toEqual(['one unavailable', 'two ok']);
    await expect.poll(() => keysSeen(server)).toContain('closed');
  });

  test('that always fails so is handed over as it came', async () => {
    const failure = 'data: {"type":"error","error":{"type":"invalid_request_error"}}\n\n';
    const server = await serve((_, response) => response.writeHead(200, streamHead).end(failure));
    const { pool, outcomes, post } = pooled(server, { provider: anthropic });
    expect(await (await post('/')).body.text()).toBe(failure);
    expect(outcomes).toEqual(['one rejected']);
    expect(pool.snapshot().inFlight).toBe(0);
  });

  test('an error in a whole body is asked of another key where the provider answers so', async () => {
    const server = await serve(({ key }, response) =>
      sendJson(response, 200, key === 'sk-one' ? { error: { code: 502 } } : completion('fine')),
    );
    const { outcomes, post } = pooled(server, { provider: openrouter });
    expect(await (await post('/')).body.json()).toEqual(completion('fine'));
    expect(outcomes).toEqual(['one unavailable', 'two ok']);
  });

  test('is held up by a slow reader and loses nothing', async () => {
    const long = 'x'.repeat(4_000_000);
    const server = await serve((_, response) => response.end(long));
    const { post } = pooled(server);
    let size = 0;
    for await (const piece of (await post('/')).body) {
      size += (piece as Buffer).byteLength;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(size).toBe(long.length);
  });

  test('that breaks off is a fault of the endpoint, and is not asked for again', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('only this', () => response.destroy());
    });
    const { outcomes, post } = pooled(server);
    await expect((await post('/')).body.text()).rejects.toThrow();
    expect(outcomes).toEqual(['one unavailable']);
  });
});

describe('a call that is given up', () => {
  const silent = () => undefined;

  test('while it waits for a key leaves the line, with its own reason', async () => {
    const server = await serve(silent);
    const { pool, post } = pooled(server, {
      limits: [{ concurrent: 1 }],
      keys: [{ id: 'one', secret: 's' }],
    });
    await pool.acquire();
    const controller = new AbortController();
    const call = post('/', { signal: controller.signal });
    await expect.poll(() => pool.snapshot().waiting).toBe(1);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(pool.snapshot()).toMatchObject({ waiting: 0, inFlight: 1 });
    expect(server.seen).toHaveLength(0);
  });

  test('while it waits for an answer frees its key and blames nobody', async () => {
    const server = await serve(silent);
    const { pool, outcomes, post } = pooled(server);
    const controller = new AbortController();
    const call = post('/', { signal: controller.signal });
    await expect.poll(() => server.seen.length).toBe(1);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(outcomes).toEqual(['one aborted']);
    expect(pool.snapshot()).toMatchObject({ inFlight: 0 });
  });

  test('in the middle of its answer frees its key and blames nobody', async () => {
    const server = await serve(
      (_, response) => void response.writeHead(200, streamHead).write('data: 1\n\n'),
    );
    const { pool, outcomes, post } = pooled(server);
    const response = await post('/');
    for await (const piece of response.body) if (String(piece).startsWith('data')) break;
    await expect.poll(() => pool.snapshot().inFlight).toBe(0);
    expect(outcomes).toEqual(['one aborted']);
  });

  test('by whoever should read the answer frees its key', async () => {
    const server = await serve((_, response) => void response.writeHead(200).write('never ends'));
    const { pool, dispatcher, outcomes } = pooled(server);
    const refusal = new Error('not this one');
    const failed = new Promise<Error>((resolve) => {
      dispatcher.dispatch(
        { origin: server.origin, path: '/', method: 'GET' },
        {
          onRequestStart: () => undefined,
          onResponseStart: () => {
            throw refusal;
          },
          onResponseError: (_, error) => resolve(error),
        },
      );
    });
    expect(await failed).toBe(refusal);
    expect(outcomes).toEqual(['one unclassified']);
    expect(pool.snapshot().inFlight).toBe(0);
  });

  test('at its deadline ends there', async () => {
    const server = await serve(silent);
    const { pool, post } = pooled(server);
    const call = withCallOptions({ deadlineMs: 50 }, () => post('/'));
    await expect(call).rejects.toMatchObject({ code: 'deadline_unreachable' });
    expect(pool.snapshot()).toMatchObject({ inFlight: 0 });
  });
});

describe('keys', () => {
  test("go to the provider's own origins only, redirects included", async () => {
    const elsewhere = await serve((_, response) => sendJson(response, 200, {}));
    const home = await serve((_, response) =>
      response.writeHead(307, { location: `${elsewhere.origin}/stolen` }).end(),
    );
    const { agent, pool, dispatcher, post } = pooled(home);
    await expect(request(`${elsewhere.origin}/`, { dispatcher })).rejects.toMatchObject({
      code: 'invalid_options',
    });
    const following = agent.compose(
      createPooledInterceptor(pool),
      interceptors.redirect({ maxRedirections: 3 }),
    );
    await expect(post('/', { dispatcher: following })).rejects.toMatchObject({ code: 'invalid_options' });
    expect(elsewhere.seen).toHaveLength(0);
    expect(pool.snapshot().inFlight).toBe(0);
  });

  test('do not go where the call does not say', async () => {
    const server = await serve(() => undefined);
    const { pool } = pooled(server);
    const client = new Client(server.origin);
    agents.push(client);
    const composed = client.compose(createPooledInterceptor(pool));
    await expect(composed.request({ path: '/', method: 'GET' })).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining('Agent') as string,
    });
    expect(server.seen).toHaveLength(0);
  });
});
