import { afterEach, describe, expect, test } from 'vitest';
import { KeyPool, createPooledFetch, type KeyPoolOptions } from '../../src/index.js';
import { anthropic, genericHttp, openai, openrouter } from '../../src/providers/index.js';
import { loopbackServer, sendJson, type LoopbackServer } from '../support/loopback-server.js';

const open: LoopbackServer[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await server[Symbol.asyncDispose]();
});

async function serve(answer: Parameters<typeof loopbackServer>[0]) {
  const server = await loopbackServer(answer);
  open.push(server);
  return server;
}

function poolAt(server: LoopbackServer, options: KeyPoolOptions) {
  const keys = ['one', 'two'].map((id) => ({ id, secret: `sk-${id}` }));
  const pool = new KeyPool({ keys, limits: [{ concurrent: 10 }], baseUrl: server.origin, ...options });
  const outcomes: string[] = [];
  pool.on('attempt', ({ keyId, outcome }) => outcomes.push(`${keyId} ${outcome}`));
  return { pool, outcomes, pooled: createPooledFetch(pool) };
}

const upstreamDown = { error: { code: 502, message: 'The model is down' } };

describe('an error in the body of a success', () => {
  test('is tried elsewhere where the provider is known to answer so', async () => {
    const server = await serve(({ key }, response) =>
      sendJson(response, 200, key === 'sk-one' ? upstreamDown : { choices: [] }),
    );
    const { outcomes, pooled } = poolAt(server, { provider: openrouter });
    expect(await (await pooled(`${server.origin}/chat`)).json()).toEqual({ choices: [] });
    expect(outcomes).toEqual(['one unavailable', 'two ok']);
  });

  test('is handed over as it came when nothing else is left', async () => {
    const server = await serve((_, response) => sendJson(response, 200, upstreamDown, { 'x-mine': '1' }));
    const { pool, pooled } = poolAt(server, { provider: openrouter });
    const response = await pooled(`${server.origin}/chat`);
    expect(response).toMatchObject({ status: 200, url: `${server.origin}/chat` });
    expect(response.headers.get('x-mine')).toBe('1');
    expect(await response.json()).toEqual(upstreamDown);
    expect(server.seen).toHaveLength(3);
    expect(pool.snapshot().inFlight).toBe(0);
  });

  test('is content at a provider that does not', async () => {
    const server = await serve((_, response) => sendJson(response, 200, upstreamDown));
    const { outcomes, pooled } = poolAt(server, { provider: genericHttp });
    expect(await (await pooled(server.origin)).json()).toEqual(upstreamDown);
    expect(outcomes).toEqual(['one ok']);
  });

  test('is not looked for beyond the beginning of a long answer, which comes whole', async () => {
    const long = { text: 'x"error"'.repeat(40_000) };
    const server = await serve((_, response) => sendJson(response, 200, long));
    const { outcomes, pooled } = poolAt(server, { provider: openrouter });
    expect(await (await pooled(server.origin)).json()).toEqual(long);
    expect(outcomes).toEqual(['one ok']);
  });
});

describe('an error in the middle of a stream', () => {
  const events = (...lines: string[]) => lines.map((line) => `${line}\n\n`).join('');

  async function streamed(provider: KeyPoolOptions['provider'], text: string) {
    const server = await serve((_, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text),
    );
    const { outcomes, pooled } = poolAt(server, { provider });
    expect(await (await pooled(server.origin)).text()).toBe(text);
    return outcomes;
  }

  test('is handed over, not repeated, and blamed on the right one when the stream ends', async () => {
    const delta = 'data: {"choices":[{"delta":{"content":"so far"}}]}';
    expect(await streamed(openai, events(delta, 'data: {"error":{"type":"server_error"}}'))).toEqual([
      'one unavailable',
    ]);
    expect(await streamed(openai, events(delta, 'data: {"error":{"code":"content_filter"}}'))).toEqual([
      'one rejected',
    ]);
    const start =
      'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":1}}}';
    const limited = 'event: error\ndata: {"type":"error","error":{"type":"rate_limit_error"}}';
    expect(await streamed(anthropic, events(start, limited))).toEqual(['one rate-limited']);
  });

  test.each([
    ['\n', 'plain'],
    ['\r\n', 'plain'],
    ['\n', 'a line separator\u2028in it'],
  ])('does not hold up what comes before it: lines end in %j, %s', async (end, content) => {
    const first = `data: {"choices":[{"delta":{"content":"${content}"}}]}${end}${end}`;
    let finish: (() => void) | undefined;
    const server = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(first);
      finish = () => response.end(`data: {"error":{"type":"server_error"}}${end}${end}`);
    });
    const { outcomes, pooled } = poolAt(server, { provider: openai });
    const reader = (await pooled(server.origin)).body!.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toBe(first);
    finish!();
    while (!(await reader.read()).done);
    expect(outcomes).toEqual(['one unavailable']);
  });

  test('is not taken for one when it is only spoken of', async () => {
    const spoken = 'data: {"choices":[{"delta":{"content":"{\\"error\\":1}"}}],"error":null}';
    expect(await streamed(openai, events(': comment', spoken, 'data: [DONE]'))).toEqual(['one ok']);
  });

  test('is not looked for in a stream that nothing of comes, which is the endpoint failing', async () => {
    let tries = 0;
    const server = await serve((_, response) => {
      tries += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (tries === 1) response.write(': keep-alive\n\n', () => response.destroy());
      else response.end('data: [DONE]\n\n');
    });
    const { outcomes, pooled } = poolAt(server, { provider: openai });
    expect(await (await pooled(server.origin)).text()).toBe('data: [DONE]\n\n');
    expect(outcomes).toEqual(['one unavailable', 'two ok']);
  });
});

test('the model is read from the path where the API names it there', async () => {
  const server = await serve((_, response) => sendJson(response, 200, {}));
  const { pool, pooled } = poolAt(server, {
    provider: genericHttp,
    keys: [{ id: 'one', secret: 'sk-one' }],
    limits: [{ concurrent: 9 }, { requests: 5, perSeconds: 3_600, counting: 'sliding', models: ['fast'] }],
  });
  await (await pooled(`${server.origin}/v1beta/models/fast:generateContent`)).text();
  await (await pooled(`${server.origin}/openai/deployments/fast/chat/completions`)).text();
  await (await pooled(`${server.origin}/v1beta/models/slow:generateContent`)).text();
  expect(pool.snapshot().quotaGroups[0]!.limits[1]!.remaining).toBe(3);
});
