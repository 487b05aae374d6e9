import OpenAI from 'openai';
import { openai } from '../../../src/providers/index.js';
import { bearerIn, placeholder, type ClientUnderTest } from './client-under-test.js';
import { openaiAnswers } from './openai-protocol.js';

export const openaiClient: ClientUnderTest = {
  name: 'openai',
  provider: openai,
  keyIn: bearerIn,
  ...openaiAnswers,
  open(origin, fetch) {
    const client = new OpenAI({ apiKey: placeholder, baseURL: `${origin}/v1`, maxRetries: 0, fetch });
    const ask = { model: 'some-model', messages: [{ role: 'user' as const, content: 'hello' }] };
    return {
      async ask(signal) {
        const answer = await client.chat.completions.create(ask, { signal });
        return answer.choices[0]!.message.content!;
      },
      async *stream(signal) {
        const request = { ...ask, stream: true as const, stream_options: { include_usage: true } };
        for await (const part of await client.chat.completions.create(request, { signal }))
          if (part.choices[0]?.delta.content) yield part.choices[0].delta.content;
      },
    };
  },
};
