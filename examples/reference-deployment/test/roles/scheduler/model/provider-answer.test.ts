import { describe, expect, test } from 'vitest';
import { readCompletion, refusedRequest } from '../../../../roles/scheduler/model/provider-answer.js';

const completion = (message: object, finish_reason = 'stop') =>
  JSON.stringify({
    model: 'm-1',
    choices: [{ message, finish_reason }],
    usage: { prompt_tokens: 10, completion_tokens: 5 },
  });

describe('a completion', () => {
  test('tells content, model and usage', () => {
    expect(readCompletion(completion({ content: 'hello' }))).toEqual({
      content: 'hello',
      refused: false,
      cutOff: false,
      model: 'm-1',
      usage: { inputTokens: 10, outputTokens: 5 },
    });
  });

  test.each([
    { model: 'm'.repeat(300_000), usage: { prompt_tokens: 1e300, completion_tokens: 1 } },
    { model: 'm\u0000\n1', usage: { total_tokens: 9 } },
    { model: 7, usage: null },
  ])('never tells more about itself than a result can hold', (about) => {
    const body = { choices: [{ message: { content: 'x' } }], ...about };
    const { model = 'none', usage } = readCompletion(JSON.stringify(body)) ?? {};
    expect(model).toMatch(/^[^\p{Cc}]{1,200}$/u);
    expect(usage).toBeUndefined();
  });

  test('tells refusals, filters and cuts', () => {
    expect(readCompletion(completion({ content: null, refusal: 'no' }))?.refused).toBe(true);
    expect(readCompletion(completion({ content: null }, 'content_filter'))?.refused).toBe(true);
    expect(readCompletion(completion({ content: '{' }, 'length'))?.cutOff).toBe(true);
  });

  test.each(['', '<html>', '{}', '{"choices":[]}', '{"error":{"message":"overloaded"}}'])(
    'is not %j',
    (body) => {
      expect(readCompletion(body)).toBeUndefined();
    },
  );
});

describe('a refused request', () => {
  test.each<[number, object, string]>([
    [400, { code: 'content_filter' }, 'refused'],
    [400, { code: 'content_policy_violation' }, 'refused'],
    [400, { code: 'data_inspection_failed' }, 'refused'],
    [400, { code: 'InputImageRiskDetection' }, 'refused'],
    [400, { code: 'image_parse_error' }, 'image_rejected'],
    [400, { code: 'invalid_image_format' }, 'image_rejected'],
    [400, { code: 'context_length_exceeded' }, 'request_rejected'],
    [404, { code: 'model_not_found' }, 'request_rejected'],
    [413, { type: 'request_too_large' }, 'request_rejected'],
    [503, { type: 'service_unavailable_error' }, 'provider_unavailable'],
  ])('%i %j ends in %s', (status, error, code) => {
    expect(refusedRequest(status, JSON.stringify({ error })).code).toBe(code);
  });

  test('quotes no message, which may hold a key', () => {
    const body = JSON.stringify({ error: { code: 'bad', message: 'key sk-secret-123 is wrong' } });
    expect(refusedRequest(400, body).message).toBe('the provider answered 400 (bad)');
    expect(refusedRequest(400, 'no JSON').message).toBe('the provider answered 400');
  });
});
