import OpenAI, { toFile } from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import {
  KeyPool,
  KeyPoolError,
  createPooledFetch,
  withCallOptions,
  type KeyPoolOptions,
} from '../../src/index.js';
import { completion, loopbackServer, sendJson, type LoopbackServer } from '../support/loopback-server.js';

let server: LoopbackServer | undefined;

afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
});

function clientOver(target: LoopbackServer, options: KeyPoolOptions) {
  const pool = new KeyPool({ limits: [{ concurrent: 10 }], ...options });
  const client = new OpenAI({
    apiKey: 'placeholder',
    baseURL: `${target.origin}/v1`,
    maxRetries: 0,
    fetch: createPooledFetch(pool),
  });
  return { pool, client };
}

const keys = ['one', 'two', 'three'].map((id) => ({ id, secret: `sk-${id}` }));
const ask = { model: 'some-model', messages: [{ role: 'user' as const, content: 'hello' }] };

describe("OpenAI's own client over a pool", () => {
  test("goes out with the pool's keys in turn, and its placeholder never leaves", async () => {
    server = await loopbackServer((request, response) => sendJson(response, 200, completion(request.key)));
    const { pool, client } = clientOver(server, { keys });
    for (let call = 0; call < 6; call += 1) await client.chat.completions.create(ask);
    expect(server.seen.map(({ key }) => key)).toEqual([
      'sk-one',
      'sk-two',
      'sk-three',
      'sk-one',
      'sk-two',
      'sk-three',
    ]);
    expect(JSON.stringify(server.seen)).not.toContain('placeholder');
    expect(pool.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 });
    expect(pool.snapshot().keys.map((key) => key.succeeded)).toEqual([2, 2, 2]);
  });

  test('sees one success where a limit, a dead key and an overload lie on the way', async () => {
    const answers: Record<string, [number, object, Record<string, string>?]> = {
      'sk-one': [429, { error: { code: 'rate_limit_exceeded' } }, { 'retry-after': '20' }],
      'sk-two': [401, { error: { code: 'invalid_api_key' } }],
    };
    let overloads = 1;
    server = await loopbackServer((request, response) => {
      const refusal = answers[request.key];
      if (refusal !== undefined) return sendJson(response, ...refusal);
      if (overloads-- > 0) return sendJson(response, 503, { error: { message: 'overloaded' } });
      sendJson(response, 200, completion('made it'));
    });
    const { pool, client } = clientOver(server, { keys });
    const answer = await client.chat.completions.create(ask);
    expect(answer.choices[0]!.message.content).toBe('made it');
    expect(pool.snapshot().keys.map(({ state }) => state)).toEqual(['cooling', 'quarantined', 'available']);
    expect(server.seen.map(({ body }) => body)).toEqual(Array(4).fill(JSON.stringify(ask)));
  });

  test("gets the provider's own error when nothing else is left", async () => {
    server = await loopbackServer((_, response) =>
      sendJson(
        response,
        429,
        { error: { code: 'rate_limit_exceeded', message: 'slow down' } },
        { 'retry-after': '60' },
      ),
    );
    const { client } = clientOver(server, { keys });
    const failed = await withCallOptions({ deadlineMs: 5_000 }, () =>
      client.chat.completions.create(ask),
    ).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(OpenAI.RateLimitError);
    expect(failed).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(server.seen).toHaveLength(3);
  });

  test('is told of a request that is wrong at once, and no key is blamed', async () => {
    server = await loopbackServer((_, response) =>
      sendJson(response, 400, { error: { code: 'context_length_exceeded' } }),
    );
    const { pool, client } = clientOver(server, { keys });
    await expect(client.chat.completions.create(ask)).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    expect(server.seen).toHaveLength(1);
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
  });

  test('uploads a file again when the first key is refused', async () => {
    server = await loopbackServer((request, response) =>
      sendJson(response, request.key === 'sk-one' ? 429 : 200, { id: 'file-1' }, { 'retry-after': '9' }),
    );
    const { client } = clientOver(server, { keys });
    const file = await toFile(Buffer.from('content of the file'), 'questions.jsonl');
    expect(await client.files.create({ file, purpose: 'batch' })).toMatchObject({ id: 'file-1' });
    expect(server.seen).toHaveLength(2);
    for (const { body, headers } of server.seen) {
      expect(body).toContain('content of the file');
      expect(body).toContain(/boundary=(.+)/.exec(headers['content-type']!)![1]);
    }
  });

  test('streams, and holds its key until the stream has ended', async () => {
    let finish: (() => void) | undefined;
    server = await loopbackServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const chunk = (text: string) =>
        response.write(
          `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: text } }] })}\n\n`,
        );
      chunk('one ');
      finish = () => {
        chunk('two');
        response.end('data: [DONE]\n\n');
      };
    });
    const { pool, client } = clientOver(server, { keys });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    let text = '';
    for await (const part of stream) {
      text += part.choices[0]!.delta.content ?? '';
      if (text === 'one ') {
        expect(pool.snapshot().inFlight).toBe(1);
        finish!();
      }
    }
    expect(text).toBe('one two');
    expect(pool.snapshot()).toMatchObject({ inFlight: 0 });
    expect(pool.snapshot().keys[0]).toMatchObject({ succeeded: 1 });
  });

  test('frees its key when a stream is called off halfway', async () => {
    server = await loopbackServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x' } }] })}\n\n`);
    });
    const { pool, client } = clientOver(server, { keys });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    for await (const part of stream) if (part.choices.length > 0) break;
    await expect.poll(() => pool.snapshot().inFlight).toBe(0);
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
  });

  test('recognises its own abort', async () => {
    server = await loopbackServer(() => undefined);
    const { pool, client } = clientOver(server, { keys });
    const controller = new AbortController();
    const call = client.chat.completions.create(ask, { signal: controller.signal });
    await expect.poll(() => server!.seen.length).toBe(1);
    controller.abort();
    await expect(call).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    expect(pool.snapshot()).toMatchObject({ inFlight: 0 });
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
  });

  test("is stopped by the surrounding options' signal, though it brings one of its own", async () => {
    server = await loopbackServer(() => undefined);
    const { pool, client } = clientOver(server, { keys });
    const controller = new AbortController();
    const call = withCallOptions({ signal: controller.signal }, () => client.chat.completions.create(ask));
    await expect.poll(() => server!.seen.length).toBe(1);
    controller.abort();
    await expect(call).rejects.toMatchObject({ cause: { code: 'aborted' } });
    expect(pool.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 });
  });

  test('recognises its own timeout, which is no deadline of ours and blames nobody', async () => {
    server = await loopbackServer(() => undefined);
    const { pool, client } = clientOver(server, { keys });
    await expect(client.chat.completions.create(ask, { timeout: 50 })).rejects.toBeInstanceOf(
      OpenAI.APIConnectionTimeoutError,
    );
    expect(pool.snapshot().keys.every(({ state }) => state === 'available')).toBe(true);
  });

  test('gets our error as the cause when no answer could be had', async () => {
    server = await loopbackServer(() => undefined);
    const { client } = clientOver(server, { keys: [] });
    const failed = (await client.chat.completions.create(ask).catch((error: unknown) => error)) as Error;
    expect(failed).toBeInstanceOf(OpenAI.APIConnectionError);
    expect(KeyPoolError.is(failed.cause)).toBe(true);
    expect(failed.cause).toMatchObject({ code: 'no_usable_key' });
  });

  test('sends the model and goes to the address of the quota group', async () => {
    server = await loopbackServer((request, response) => sendJson(response, 200, completion(request.path)));
    const { client } = clientOver(server, {
      baseUrl: `${server.origin}/v1`,
      keys: [
        { id: 'here', secret: 'sk-here' },
        { id: 'there', secret: 'sk-there', quotaGroup: 'there' },
      ],
      quotaGroups: [
        {
          id: 'there',
          limits: [{ concurrent: 1 }],
          baseUrl: `${server.origin}/deployments/eu`,
          model: 'deployment-7',
        },
      ],
    });
    await client.chat.completions.create(ask);
    await client.chat.completions.create(ask);
    expect(
      server.seen.map(({ key, path, body }) => [key, path, (JSON.parse(body) as { model: string }).model]),
    ).toEqual([
      ['sk-here', '/v1/chat/completions', 'some-model'],
      ['sk-there', '/deployments/eu/chat/completions', 'deployment-7'],
    ]);
  });

  test('settles reserved tokens by the usage of the answer', async () => {
    server = await loopbackServer((_, response) => sendJson(response, 200, completion('ok')));
    const { pool, client } = clientOver(server, {
      keys: keys.slice(0, 1),
      limits: [{ tokens: 1_000, perSeconds: 60, counting: 'sliding' }, { concurrent: 9 }],
    });
    await withCallOptions({ tokens: { input: 400, output: 500 } }, () => client.chat.completions.create(ask));
    expect(pool.snapshot().quotaGroups[0]!.limits[0]).toMatchObject({
      dimension: 'tokens',
      remaining: 1_000 - 12,
    });
  });

  test("limits of one model hold for that model's calls", async () => {
    server = await loopbackServer((_, response) => sendJson(response, 200, completion('ok')));
    const { client } = clientOver(server, {
      keys: keys.slice(0, 1),
      limits: [
        { concurrent: 9 },
        { requests: 1, perSeconds: 3_600, counting: 'sliding', models: ['some-model'] },
      ],
    });
    await client.chat.completions.create(ask);
    await client.chat.completions.create({ ...ask, model: 'another' });
    const third = withCallOptions({ deadlineMs: 1_000 }, () => client.chat.completions.create(ask));
    await expect(third).rejects.toMatchObject({ cause: { code: 'deadline_unreachable' } });
  });
});
