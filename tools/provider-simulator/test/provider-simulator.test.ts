import { createServer } from 'node:http';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  simulatedKeys,
  startProviderSimulator,
  type FaultKind,
  type ProviderSimulator,
} from '../src/index.js';
import { lognormalMs, seededRandom } from '../src/random.js';
import { ask, codeOf, contentOf, jpeg, question, type Completion } from './support.js';

let simulator: ProviderSimulator;
let picture: string;
beforeAll(async () => {
  picture = await jpeg('#708090');
  simulator = await startProviderSimulator({
    delay: { p50Ms: 0, p95Ms: 0 },
    quotaGroups: [
      {
        id: 'account',
        keys: [
          { id: 'a', secret: 'sk-a-secret' },
          { id: 'b', secret: 'sk-b-secret' },
        ],
      },
    ],
  });
});
afterAll(() => simulator.stop());
afterEach(() => {
  simulator.control.clearFaults();
  simulator.control.setOutage(false);
  simulator.control.restore('a');
  simulator.control.setQuotaGroupState('account', 'active');
});

const call = (body: object = question(picture)) => ask(simulator.baseUrl, 'sk-a-secret', body);

describe('an OpenAI client', () => {
  const client = () => new OpenAI({ baseURL: simulator.baseUrl, apiKey: 'sk-a-secret', maxRetries: 0 });
  const messages = () => question(picture).messages as OpenAI.ChatCompletionMessageParam[];

  test('gets a completion with usage that counts the picture', async () => {
    const completion = await client().chat.completions.create({
      model: 'simulated-vision',
      messages: messages(),
    });
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.choices[0]?.message.content).toMatch(/people/i);
    expect(completion.usage?.prompt_tokens).toBeGreaterThan(85 + 170);
    expect(completion.usage?.total_tokens).toBe(
      (completion.usage?.prompt_tokens ?? 0) + (completion.usage?.completion_tokens ?? 0),
    );
  });

  test('streams the same text, usage last', async () => {
    const whole = await client().chat.completions.create({ model: 'simulated-vision', messages: messages() });
    const stream = await client().chat.completions.create({
      model: 'simulated-vision',
      messages: messages(),
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let usage: OpenAI.CompletionUsage | null | undefined;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? '';
      usage = chunk.usage ?? usage;
    }
    expect(text).toBe(whole.choices[0]?.message.content);
    expect(usage).toEqual(whole.usage);
  });

  test('lists the models', async () => {
    const models = await client().models.list();
    expect(models.data.map((model) => model.id)).toEqual(['simulated-vision']);
  });
});

describe('refuses', () => {
  test('an unknown secret and none at all: 401', async () => {
    const unknown = await ask(simulator.baseUrl, 'sk-nobody');
    expect([unknown.status, await codeOf(unknown)]).toEqual([401, 'invalid_api_key']);
    expect((await fetch(`${simulator.baseUrl}/models`)).status).toBe(401);
    expect(simulator.stats().unknownKeyCalls).toBe(2);
  });

  test('a revoked key, until it is restored; the other key of the account goes on', async () => {
    simulator.control.revoke('a');
    expect((await call()).status).toBe(401);
    expect((await ask(simulator.baseUrl, 'sk-b-secret')).status).toBe(200);
    simulator.control.restore('a');
    expect((await call()).status).toBe(200);
  });

  test('an account without money, and a disabled one', async () => {
    simulator.control.setQuotaGroupState('account', 'exhausted');
    const broke = await call();
    expect([broke.status, await codeOf(broke)]).toEqual([429, 'insufficient_quota']);
    expect(broke.headers.has('retry-after')).toBe(false);
    simulator.control.setQuotaGroupState('account', 'disabled');
    expect((await call()).status).toBe(403);
  });

  test('everything during an outage', async () => {
    simulator.control.setOutage(true);
    const answer = await call();
    expect([answer.status, await codeOf(answer)]).toEqual([503, 'server_is_overloaded']);
  });

  test.each<[string, number, string | null, () => object]>([
    [
      'a picture that does not decode',
      400,
      'image_parse_error',
      () => question('data:image/jpeg;base64,AAAA'),
    ],
    ['a picture to download', 400, 'invalid_image_url', () => question('https://example.org/a.jpg')],
    ['an unknown model', 404, 'model_not_found', () => ({ ...question(), model: 'other' })],
    ['a body without messages', 400, null, () => ({ model: 'simulated-vision' })],
  ])('%s', async (_name, status, code, body) => {
    const answer = await call(body());
    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
  });
});

describe('goes wrong on command, once', () => {
  test.each<[FaultKind, number]>([
    ['server-error', 500],
    ['overloaded', 503],
    ['rate-limit', 429],
  ])('%s', async (kind, status) => {
    simulator.control.addFault({ kind });
    expect((await call()).status).toBe(status);
    expect((await call()).status).toBe(200);
  });

  test.each<FaultKind>(['reset', 'cut-body', 'invalid-body'])('%s', async (kind) => {
    simulator.control.addFault({ kind });
    await expect(call().then((response) => response.json())).rejects.toThrow();
    expect((await call()).status).toBe(200);
  });

  test.each<[FaultKind, RegExp]>([
    ['empty', /^$/],
    ['prose', /^The picture/],
    ['markdown-fence', /```json\n\{/],
    ['wrong-enum', /"risk_level":"catastrophic"/],
    ['missing-field', /^\{"hazards"/],
  ])('%s', async (kind, content) => {
    simulator.control.addFault({ kind });
    expect(await contentOf(await call())).toMatch(content);
    expect(JSON.parse(await contentOf(await call()))).toHaveProperty('observations');
  });

  test('refusal, content filter and length say so', async () => {
    const choice = async (kind: FaultKind) => {
      simulator.control.addFault({ kind });
      return ((await (await call()).json()) as Completion).choices[0];
    };
    expect((await choice('refusal'))?.message.refusal).toBeTruthy();
    expect((await choice('content-filter'))?.finish_reason).toBe('content_filter');
    const cut = await choice('length');
    expect(cut?.finish_reason).toBe('length');
    expect(() => JSON.parse(cut?.message.content ?? '') as unknown).toThrow();
  });

  test('only for the key it was ordered for', async () => {
    simulator.control.addFault({ kind: 'server-error', keyId: 'b', count: null });
    expect((await call()).status).toBe(200);
    expect((await ask(simulator.baseUrl, 'sk-b-secret')).status).toBe(500);
    expect((await ask(simulator.baseUrl, 'sk-b-secret')).status).toBe(500);
  });
});

describe('the control API', () => {
  const control = (method: string, path: string, body?: object) =>
    fetch(`${simulator.url}/_control/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });

  test('does what the methods do', async () => {
    expect((await control('POST', 'keys/a/revoke')).status).toBe(204);
    expect((await call()).status).toBe(401);
    expect((await control('POST', 'keys/a/restore')).status).toBe(204);
    expect(
      (await control('PUT', 'quota-groups/account/limits', { limits: [{ concurrent: 9 }] })).status,
    ).toBe(204);
    expect((await control('PUT', 'quota-groups/account/state', { state: 'exhausted' })).status).toBe(204);
    expect((await call()).status).toBe(429);
    expect((await control('PUT', 'quota-groups/account/state', { state: 'active' })).status).toBe(204);
    expect((await control('PUT', 'outage', { on: true })).status).toBe(204);
    expect((await call()).status).toBe(503);
    expect((await control('PUT', 'outage', { on: false })).status).toBe(204);
    expect((await control('PUT', 'delay', { p50Ms: 0, p95Ms: 0 })).status).toBe(204);
    expect((await control('POST', 'faults', { kind: 'overloaded', count: null })).status).toBe(204);
    expect((await call()).status).toBe(503);
    expect((await control('DELETE', 'faults')).status).toBe(204);
    expect((await call()).status).toBe(200);
    expect(await (await control('GET', 'stats')).json()).toEqual(simulator.stats());
  });

  test('says what is wrong with an order', async () => {
    expect((await control('POST', 'keys/nobody/revoke')).status).toBe(404);
    expect((await control('PUT', 'delay', { p50Ms: 9, p95Ms: 1 })).status).toBe(400);
    expect((await control('POST', 'faults', { kind: 'magic' })).status).toBe(400);
  });

  test('never tells a secret', async () => {
    expect(await (await control('GET', 'stats')).text()).not.toContain('secret');
  });
});

test('simulated keys fit the simulator, each its own account unless told otherwise', async () => {
  const own = simulatedKeys({ keys: 3, rpm: 60, burst: 2 });
  expect(own.keys.map((key) => key.quotaGroup)).toEqual(['account-1', 'account-2', 'account-3']);
  const shared = simulatedKeys({ keys: 3, quotaGroups: 1 });
  const other = await startProviderSimulator({ ...shared.simulator, delay: { p50Ms: 0, p95Ms: 0 } });
  try {
    for (const key of shared.keys) expect((await ask(other.baseUrl, key.secret)).status).toBe(200);
    expect(other.stats().keys.map((key) => key.id)).toEqual(['key-1', 'key-2', 'key-3']);
  } finally {
    await other.stop();
  }
});

test('the same seed gives the same delays', async () => {
  const delays = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 2_000 }, () => lognormalMs({ p50Ms: 800, p95Ms: 1_400 }, random));
  };
  expect(delays(7)).toEqual(delays(7));
  const sorted = delays(7).sort((a, b) => a - b);
  expect(sorted[1_000]).toBeGreaterThan(760);
  expect(sorted[1_000]).toBeLessThan(840);
  expect(sorted[1_900]).toBeGreaterThan(1_300);
  expect(sorted[1_900]).toBeLessThan(1_500);
});

test('a port in use is an error, not a silent move', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => taken.once('listening', listening));
  const address = taken.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  try {
    await expect(startProviderSimulator({ port })).rejects.toThrow('EADDRINUSE');
  } finally {
    taken.close();
  }
});
