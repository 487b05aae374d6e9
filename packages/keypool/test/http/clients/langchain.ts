import { ChatOpenAI } from '@langchain/openai';
import { openai } from '../../../src/providers/index.js';
import { bearerIn, placeholder, type ClientUnderTest } from './client-under-test.js';
import { openaiAnswers } from './openai-protocol.js';

export const langchainClient: ClientUnderTest = {
  name: '@langchain/openai',
  provider: openai,
  keyIn: bearerIn,
  ...openaiAnswers,
  open(origin, fetch) {
    const model = new ChatOpenAI({
      model: 'some-model',
      apiKey: placeholder,
      maxRetries: 0,
      configuration: { baseURL: `${origin}/v1`, fetch },
    });
    const options = (signal?: AbortSignal) => (signal === undefined ? {} : { signal });
    return {
      ask: async (signal) => (await model.invoke('hello', options(signal))).text,
      async *stream(signal) {
        for await (const part of await model.stream('hello', options(signal))) if (part.text) yield part.text;
      },
    };
  },
};
