import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
import { openai } from '../../../src/providers/index.js';
import { bearerIn, placeholder, type ClientUnderTest } from './client-under-test.js';
import { openaiAnswers } from './openai-protocol.js';

export const vercelAiClient: ClientUnderTest = {
  name: 'ai with @ai-sdk/openai',
  provider: openai,
  keyIn: bearerIn,
  ...openaiAnswers,
  open(origin, fetch) {
    const provider = createOpenAI({ apiKey: placeholder, baseURL: `${origin}/v1`, fetch });
    const ask = (abortSignal?: AbortSignal) => ({
      model: provider.chat('some-model'),
      prompt: 'hello',
      maxRetries: 0,
      ...(abortSignal !== undefined && { abortSignal }),
    });
    return {
      ask: async (signal) => (await generateText(ask(signal))).text,
      async *stream(signal) {
        // Its streams end quietly where they fail; what went wrong is told to `onError` and thrown here.
        let failure: unknown;
        const onError = ({ error }: { error: unknown }) => void (failure = error);
        yield* streamText({ ...ask(signal), onError }).textStream;
        if (failure !== undefined) throw failure;
      },
    };
  },
};
