import { describe, expect, test } from 'vitest';
import { anthropic, gemini, openai, openrouter, type ProviderProfile } from '../../src/providers/index.js';

describe('the tokens that an answer used', () => {
  test.each<[string, ProviderProfile, unknown, object | undefined]>([
    [
      'a chat completion',
      openai,
      { usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } },
      { inputTokens: 9, outputTokens: 3 },
    ],
    [
      'an embedding',
      openai,
      { usage: { prompt_tokens: 8, total_tokens: 8 } },
      { inputTokens: 8, outputTokens: 0 },
    ],
    [
      'the last event of a streamed response',
      openai,
      { type: 'response.completed', response: { usage: { input_tokens: 36, output_tokens: 87 } } },
      { inputTokens: 36, outputTokens: 87 },
    ],
    ['an event without', openai, { choices: [], usage: null }, undefined],
    [
      'a message, whose cached input is not counted',
      anthropic,
      {
        usage: {
          input_tokens: 50,
          cache_creation_input_tokens: 10,
          cache_read_input_tokens: 1000,
          output_tokens: 7,
        },
      },
      { inputTokens: 60, outputTokens: 7 },
    ],
    [
      'the start of a streamed message',
      anthropic,
      { type: 'message_start', message: { usage: { input_tokens: 25, output_tokens: 1 } } },
      { inputTokens: 25, outputTokens: 1 },
    ],
    [
      'its end',
      anthropic,
      { type: 'message_delta', delta: {}, usage: { output_tokens: 15 } },
      { outputTokens: 15 },
    ],
    [
      'generated content, thoughts included',
      gemini,
      {
        usageMetadata: {
          promptTokenCount: 11,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 30,
          totalTokenCount: 46,
        },
      },
      { inputTokens: 11, outputTokens: 35 },
    ],
    ['something else', gemini, 'text', undefined],
  ])('%s', (_, { usage }, body, expected) => {
    expect(usage(body)).toEqual(expected);
  });
});

describe('the status of an error inside a success', () => {
  test.each<[string, ProviderProfile, unknown, number | undefined]>([
    ['no error', openai, { choices: [] }, undefined],
    ['no error, said so', openai, { type: 'response.completed', response: { error: null } }, undefined],
    [
      'a failed response',
      openai,
      { type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } },
      500,
    ],
    ['a limit', openai, { type: 'error', code: 'rate_limit_exceeded', message: 'later' }, 429],
    ['something about the request', openai, { error: { code: 'content_filter' } }, 400],
    ['an overload', anthropic, { type: 'error', error: { type: 'overloaded_error' } }, 529],
    ['a type that is new', anthropic, { type: 'error', error: { type: 'surprising_error' } }, 500],
    ['a message', anthropic, { type: 'message', content: [] }, undefined],
    ['an overload', gemini, { error: { code: 503, status: 'UNAVAILABLE' } }, 503],
    ['a whole body', openrouter, { error: { code: 502, message: 'down' } }, 502],
    ['one choice', openrouter, { choices: [{ error: { code: 429, message: 'later' } }] }, 429],
    ['one without a number', openrouter, { choices: [{ error: { code: 'server_error' } }] }, 502],
  ])('%s', (_, profile, body, expected) => {
    expect(profile.failureStatus!(body)).toBe(expected);
  });
});
