import { afterEach, describe, expect, test } from 'vitest';
import { KeyPool, createPooledFetch, type KeyPoolOptions } from '../../src/index.js';
import { gemini, openai } from '../../src/providers/index.js';
import {
  loopbackServer,
  sendJson,
  type LoopbackServer,
  type SeenRequest,
} from '../support/loopback-server.js';

const open: LoopbackServer[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

async function serve(answer: Parameters<typeof loopbackServer>[0]) {
  const server = await loopbackServer(answer);
  open.push(server);
  return server;
}

function poolOf(options: KeyPoolOptions = {}) {
  const keys = ['one', 'two'].map((id) => ({ id, secret: `sk-${id}` }));
  return new KeyPool({ keys, limits: [{ concurrent: 10 }], ...options });
}

const fine = (_: SeenRequest, response: Parameters<Parameters<typeof loopbackServer>[0]>[1]) =>
  sendJson(response, 200, { fine: true });

describe('credentials', () => {
  test("go to the provider's own origins only", async () => {
    const elsewhere = await serve(fine);
    const pooled = createPooledFetch(poolOf({ provider: openai }));
    await expect(pooled(`${elsewhere.origin}/v1/models`)).rejects.toMatchObject({
      code: 'invalid_options',
      message: expect.stringContaining('https://api.openai.com only'),
    });
    expect(elsewhere.seen).toHaveLength(0);
  });

  test('are not needed for what goes to no provider', async () => {
    const home = await serve(fine);
    const pool = poolOf();
    const pooled = createPooledFetch(pool);
    expect(await (await pooled('data:,hello')).text()).toBe('hello');
    expect(pool.snapshot().keys.map(({ calls }) => calls)).toEqual([0, 0]);
    expect((await pooled(home.origin)).ok).toBe(true);
  });

  test('stay with the first origin when none is named', async () => {
    const [home, elsewhere] = [await serve(fine), await serve(fine)];
    const pooled = createPooledFetch(poolOf());
    expect((await pooled(`${home.origin}/a`)).ok).toBe(true);
    await expect(pooled(`${elsewhere.origin}/a`)).rejects.toMatchObject({ code: 'invalid_options' });
    expect(elsewhere.seen).toHaveLength(0);
  });

  test('do not follow a redirect to another origin', async () => {
    const elsewhere = await serve(fine);
    const home = await serve((_, response) => {
      response.writeHead(307, { location: `${elsewhere.origin}/stolen` });
      response.end();
    });
    const bearer = createPooledFetch(poolOf({ baseUrl: home.origin }));
    await (await bearer(`${home.origin}/a`)).text();
    const ownHeader = {
      ...openai,
      name: 'own',
      baseUrl: undefined,
      credential: (secret: string) => ({ 'x-own-key': secret }),
    };
    const custom = createPooledFetch(poolOf({ baseUrl: home.origin, provider: ownHeader }));
    await (await custom(`${home.origin}/a`)).text();
    expect(home.seen.at(-1)!.headers['x-own-key']).toBe('sk-one');
    expect(JSON.stringify(elsewhere.seen.map(({ headers }) => headers))).not.toContain('sk-');
  });

  test("the caller's own are taken off, whatever they are called", async () => {
    const home = await serve(fine);
    const pooled = createPooledFetch(poolOf());
    await pooled(home.origin, {
      headers: {
        Authorization: 'Bearer mine',
        'api-key': 'mine',
        'X-API-Key': 'mine',
        'x-goog-api-key': 'mine',
      },
    });
    expect(JSON.stringify(home.seen)).not.toContain('mine');
    expect(home.seen[0]!.key).toBe('sk-one');
  });

  test("so are those in the address, where the provider's clients may put them", async () => {
    const home = await serve(fine);
    const pooled = createPooledFetch(poolOf({ provider: gemini, baseUrl: home.origin }));
    await pooled(`${home.origin}/v1beta/models/m:generateContent?alt=sse&key=mine`);
    expect(home.seen[0]!.path).toBe('/v1beta/models/m:generateContent?alt=sse');
    expect(home.seen[0]!.headers['x-goog-api-key']).toBe('sk-one');
  });
});

describe('what is sent', () => {
  test.each<[string, () => NonNullable<RequestInit['body']>, string]>([
    ['text', () => 'hello', 'hello'],
    ['bytes', () => new TextEncoder().encode('hello'), 'hello'],
    ['a blob', () => new Blob(['hello']), 'hello'],
    ['parameters', () => new URLSearchParams({ a: '1' }), 'a=1'],
  ])('%s is sent again as it was', async (_, body, sent) => {
    const home = await serve((request, response) =>
      sendJson(response, request.key === 'sk-one' ? 429 : 200, {}, { 'retry-after': '9' }),
    );
    const response = await createPooledFetch(poolOf())(home.origin, { method: 'POST', body: body() });
    expect(response.status).toBe(200);
    expect(home.seen.map((request) => request.body)).toEqual([sent, sent]);
  });

  test('a Request is taken apart and can be sent again', async () => {
    const home = await serve((request, response) =>
      sendJson(response, request.key === 'sk-one' ? 401 : 200, {}),
    );
    const request = new Request(`${home.origin}/path?x=1`, {
      method: 'POST',
      body: 'hello',
      headers: { 'x-mine': '1' },
    });
    expect((await createPooledFetch(poolOf())(request)).status).toBe(200);
    expect(
      home.seen.map(({ method, path, body, headers }) => [method, path, body, headers['x-mine']]),
    ).toEqual(Array(2).fill(['POST', '/path?x=1', 'hello', '1']));
  });

  test('a stream is sent once: its refusal is the answer', async () => {
    const home = await serve((_, response) =>
      sendJson(response, 429, { error: 'busy' }, { 'retry-after': '9' }),
    );
    const pool = poolOf();
    const body = new Blob(['hello']).stream();
    const response = await createPooledFetch(pool)(home.origin, {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(429);
    expect(await response.json()).toEqual({ error: 'busy' });
    expect(home.seen).toHaveLength(1);
    expect(pool.snapshot()).toMatchObject({ inFlight: 0 });
  });
});

describe('the answer', () => {
  test('is a Response like any other, and holds the key until it is read', async () => {
    const home = await serve((_, response) =>
      sendJson(response, 201, { fine: true }, { 'x-request-id': '7' }),
    );
    const pool = poolOf();
    const response = await createPooledFetch(pool)(`${home.origin}/a`);
    expect(response).toMatchObject({ status: 201, ok: true, url: `${home.origin}/a`, redirected: false });
    expect(response.headers.get('x-request-id')).toBe('7');
    expect(pool.snapshot().inFlight).toBe(1);
    expect(await response.json()).toEqual({ fine: true });
    expect(pool.snapshot().inFlight).toBe(0);
  });

  test('without a body ends the call at once', async () => {
    const home = await serve((_, response) => response.writeHead(204).end());
    const pool = poolOf();
    expect((await createPooledFetch(pool)(home.origin)).status).toBe(204);
    expect(pool.snapshot().inFlight).toBe(0);
  });

  test('that is cancelled frees the key', async () => {
    const home = await serve((_, response) => void response.writeHead(200).write('never ends'));
    const pool = poolOf();
    const response = await createPooledFetch(pool)(home.origin);
    await response.body!.cancel();
    expect(pool.snapshot().inFlight).toBe(0);
  });

  test('that breaks off is a fault of the endpoint, and is not asked for again', async () => {
    const home = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('only this', () => response.destroy());
    });
    const pool = poolOf();
    const outcomes: string[] = [];
    pool.on('attempt', ({ outcome }) => outcomes.push(outcome));
    const response = await createPooledFetch(pool)(home.origin);
    await expect(response.text()).rejects.toThrow();
    expect(outcomes).toEqual(['unavailable']);
    expect(home.seen).toHaveLength(1);
  });

  test('passes every kind of fetch that it is given', async () => {
    const pool = poolOf({ baseUrl: 'https://host/v1' });
    const asked: string[] = [];
    const stub = async (input: unknown) => {
      asked.push(String(input));
      return new Response('ok');
    };
    const response = await createPooledFetch(pool, { fetch: stub as typeof fetch })('https://host/v1/x');
    expect(await response.text()).toBe('ok');
    expect(asked).toEqual(['https://host/v1/x']);
  });
});
