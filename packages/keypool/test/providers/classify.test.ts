import { describe, expect, test } from 'vitest';
import { classifyError, classifyValue } from '../../src/outcome/classify.js';
import type { OutcomeKind } from '../../src/outcome/outcome.js';
import {
  genericHttp,
  openai,
  openaiCompatible,
  retryAfterMs,
  type ProviderProfile,
} from '../../src/providers/index.js';

const now = Date.UTC(2026, 0, 1);

interface Case {
  provider: ProviderProfile;
  situation: string;
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  means: OutcomeKind;
}

const error = (fields: object) => ({ error: fields });

// Sources: developers.openai.com error codes and rate limits guide, as recorded in the providers' truth table
// of 2026-11; RFC 9110 for statuses.
const cases: Case[] = [
  {
    provider: openai,
    situation: 'rate limit',
    status: 429,
    body: error({ code: 'rate_limit_exceeded', type: 'requests' }),
    means: 'rate-limited',
  },
  {
    provider: openai,
    situation: 'ramping up too fast',
    status: 429,
    body: error({ code: 'slow_down', type: 'rate_limit_error' }),
    means: 'rate-limited',
  },
  {
    provider: openai,
    situation: 'no money',
    status: 429,
    body: error({ code: 'insufficient_quota', type: 'insufficient_quota' }),
    means: 'exhausted',
  },
  {
    provider: openai,
    situation: 'credit gone',
    status: 429,
    body: error({ code: 'credit_balance_exhausted', type: 'insufficient_quota' }),
    means: 'exhausted',
  },
  {
    provider: openai,
    situation: 'project spend limit',
    status: 429,
    body: error({ code: 'project_spend_limit_exceeded' }),
    means: 'exhausted',
  },
  {
    provider: openai,
    situation: 'bad key',
    status: 401,
    body: error({ code: 'invalid_api_key' }),
    means: 'bad-key',
  },
  { provider: openai, situation: 'forbidden', status: 403, means: 'bad-key' },
  {
    provider: openai,
    situation: 'overloaded',
    status: 503,
    body: error({ code: 'server_is_overloaded' }),
    means: 'unavailable',
  },
  { provider: openai, situation: 'broken', status: 500, means: 'unavailable' },
  {
    provider: openai,
    situation: 'too long',
    status: 400,
    body: error({ code: 'context_length_exceeded' }),
    means: 'rejected',
  },
  {
    provider: openai,
    situation: 'content filter',
    status: 400,
    body: error({ code: 'content_policy_violation' }),
    means: 'rejected',
  },
  {
    provider: openai,
    situation: 'no such model',
    status: 404,
    body: error({ code: 'model_not_found' }),
    means: 'rejected',
  },
  { provider: openaiCompatible, situation: 'rate limit', status: 429, means: 'rate-limited' },
  {
    provider: openaiCompatible,
    situation: 'quota, and when to come back',
    status: 429,
    body: error({ code: 'insufficient_quota' }),
    headers: { 'retry-after': '20' },
    means: 'rate-limited',
  },
  {
    provider: openaiCompatible,
    situation: 'quota, and nothing else',
    status: 429,
    body: error({ code: 'insufficient_quota' }),
    means: 'exhausted',
  },
  {
    provider: openaiCompatible,
    situation: 'billing',
    status: 429,
    body: error({ code: 'billing_hard_limit_reached' }),
    means: 'exhausted',
  },
  { provider: openaiCompatible, situation: 'payment required', status: 402, means: 'exhausted' },
  { provider: openaiCompatible, situation: 'bad key', status: 401, means: 'bad-key' },
  { provider: openaiCompatible, situation: 'overloaded', status: 529, means: 'unavailable' },
  { provider: openaiCompatible, situation: 'too large', status: 413, means: 'rejected' },
  { provider: genericHttp, situation: 'rate limit', status: 429, body: 'slow down', means: 'rate-limited' },
  { provider: genericHttp, situation: 'timeout', status: 408, means: 'unavailable' },
  { provider: genericHttp, situation: 'bad request', status: 422, means: 'rejected' },
];

describe('what an answer means', () => {
  test.each(cases)(
    '$provider.name, $situation: $means',
    ({ provider, status, body, headers = {}, means }) => {
      const header = (name: string) => headers[name];
      expect(provider.classify({ status, header, body, now }).kind).toBe(means);
      // The same through what an SDK throws.
      const thrown = Object.assign(new Error(`${status}`), {
        status,
        headers: new Headers(headers),
        error: (body as { error?: unknown })?.error,
      });
      expect(classifyError(provider, thrown, now).kind).toBe(means);
    },
  );

  test('a success of any shape is a success', () => {
    for (const value of [
      undefined,
      'text',
      { choices: [] },
      { statusCode: 204, headers: {} },
      new Response(''),
    ]) {
      expect(classifyValue(openai, value, now).kind).toBe('ok');
    }
  });

  test("undici's answers are understood", () => {
    const refused = { statusCode: 429, headers: { 'retry-after': ['3'] }, body: {} };
    expect(classifyValue(openai, refused, now)).toMatchObject({ kind: 'rate-limited', retryAfterMs: 3_000 });
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'UND_ERR_HEADERS_TIMEOUT'])(
    '%s is the endpoint',
    (code) => {
      const wrapped = new Error('Connection error.', {
        cause: new TypeError('fetch failed', { cause: { code } }),
      });
      expect(classifyError(openai, wrapped, now)).toEqual({ kind: 'unavailable', reason: code });
    },
  );
});

describe('how long to wait', () => {
  test.each([
    [{ 'retry-after': '20' }, 20_000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after-ms': '120', 'retry-after': '1' }, 120],
    [{ 'retry-after': new Date(now + 90_000).toUTCString() }, 90_000],
    [{ 'retry-after': new Date(now - 90_000).toUTCString() }, 0],
    [{ 'retry-after': '1e9' }, 86_400_000],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': 'NaN' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{}, undefined],
  ])('%j', (headers: Record<string, string>, ms) => {
    expect(retryAfterMs((name) => headers[name], now)).toBe(ms);
  });
});
