import Anthropic from '@anthropic-ai/sdk';
import { anthropic } from '../../../src/providers/index.js';
import { headerIn, placeholder, type ClientUnderTest } from './client-under-test.js';

const event = (value: { type: string } & Record<string, unknown>) =>
  `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`;
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'some-model' };

export const anthropicClient: ClientUnderTest = {
  name: '@anthropic-ai/sdk',
  provider: anthropic,
  keyIn: headerIn('x-api-key'),
  open(origin, fetch) {
    const client = new Anthropic({ apiKey: placeholder, baseURL: origin, maxRetries: 0, fetch });
    const ask = {
      model: 'some-model',
      max_tokens: 9,
      messages: [{ role: 'user' as const, content: 'hello' }],
    };
    return {
      async ask(signal) {
        const { content } = await client.messages.create(ask, { signal });
        return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
      },
      async *stream(signal) {
        for await (const part of await client.messages.create({ ...ask, stream: true }, { signal }))
          if (part.type === 'content_block_delta' && part.delta.type === 'text_delta') yield part.delta.text;
      },
    };
  },
  whole: (text) => ({
    ...message,
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 9, output_tokens: 3 },
  }),
  // The usage comes in two parts: the input first, the output last.
  events: (pieces) => [
    event({
      type: 'message_start',
      message: { ...message, content: [], usage: { input_tokens: 9, output_tokens: 1 } },
    }),
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
    ...pieces.map((text) =>
      event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    ),
    event({ type: 'content_block_stop', index: 0 }),
    event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }),
    event({ type: 'message_stop' }),
  ],
  streamedUsage: 12,
  limited: { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } },
  failedEvent: event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
};
