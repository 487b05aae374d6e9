import { completion } from '../../support/loopback-server.js';
import { data } from './client-under-test.js';

/** What several clients of OpenAI's protocol share. */
export const openaiAnswers = {
  whole: completion,
  events: (pieces: readonly string[]) => [
    ...pieces.map((content, index) =>
      data(chunk([{ index: 0, delta: index === 0 ? { role: 'assistant', content } : { content } }])),
    ),
    data(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }])),
    data({ ...chunk([]), usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } }),
    'data: [DONE]\n\n',
  ],
  streamedUsage: 12,
  limited: { error: { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
  failedEvent: data({ error: { message: 'later', type: 'server_error', code: 'server_error' } }),
};

function chunk(choices: object[]) {
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'some-model', choices };
}
