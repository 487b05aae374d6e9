import { describe, expect, test } from 'vitest';
import { classifyError, classifyValue } from '../../src/outcome/classify.js';
import { dashscope, genericHttp, openai, openaiCompatible, retryAfterMs } from '../../src/providers/index.js';

const now = Date.UTC(2026, 0, 1);
const headers = { 'retry-after': '20' };
const body = { error: { code: 'insufficient_quota', type: 'insufficient_quota', message: 'gone' } };

describe('what an answer means', () => {
  test.each([
    [429, 'rate-limited'],
    [402, 'exhausted'],
    [401, 'bad-key'],
    [403, 'bad-key'],
    [408, 'unavailable'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [400, 'rejected'],
    [404, 'rejected'],
    [422, 'rejected'],
  ])('%i, from a provider of which nothing is known: %s', (status, means) => {
    for (const profile of [genericHttp, openaiCompatible]) {
      expect(profile.classify({ status, header: () => undefined, body: 'text', now }).kind).toBe(means);
    }
  });

  test.each<[string, object]>([
    ["OpenAI's and Anthropic's", { status: 429, headers: new Headers(headers), error: body.error }],
    ["Vercel's", { statusCode: 429, responseHeaders: headers, responseBody: JSON.stringify(body) }],
    ["axios'", { status: 429, response: { headers, data: body }, body }],
  ])('in errors as clients throw them: %s', (_, fields) => {
    const thrown = Object.assign(new Error('429'), fields);
    expect(classifyError(openai, thrown, now)).toMatchObject({ kind: 'exhausted' });
    expect(classifyError(dashscope, thrown, now)).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 20_000,
      reason: '429 insufficient_quota',
    });
  });

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

  test.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'UND_ERR_HEADERS_TIMEOUT',
    'HPE_INVALID_CONSTANT',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'CERT_HAS_EXPIRED',
    'Z_DATA_ERROR',
  ])('%s is the endpoint', (code) => {
    const wrapped = new Error('Connection error.', {
      cause: new TypeError('fetch failed', { cause: { code } }),
    });
    expect(classifyError(openai, wrapped, now)).toEqual({ kind: 'unavailable', reason: code });
  });
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
