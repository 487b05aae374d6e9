import { GoogleGenAI } from '@google/genai';
import { gemini } from '../../../src/providers/index.js';
import { headerIn, placeholder, type ClientUnderTest } from './client-under-test.js';

/** Its lines end in both characters, unlike those of the others. */
const data = (value: unknown) => `data: ${JSON.stringify(value)}\r\n\r\n`;
const content = (text: string) => ({ candidates: [{ content: { role: 'model', parts: [{ text }] } }] });

export const googleGenaiClient: ClientUnderTest = {
  name: '@google/genai',
  provider: gemini,
  keyIn: headerIn('x-goog-api-key'),
  open(origin, fetch) {
    const client = new GoogleGenAI({ apiKey: placeholder, httpOptions: { baseUrl: origin, fetch } });
    const ask = (abortSignal?: AbortSignal) => ({
      model: 'some-model',
      contents: 'hello',
      config: abortSignal === undefined ? {} : { abortSignal },
    });
    return {
      ask: async (signal) => (await client.models.generateContent(ask(signal))).text!,
      async *stream(signal) {
        for await (const part of await client.models.generateContentStream(ask(signal)))
          if (part.text !== undefined) yield part.text;
      },
    };
  },
  whole: content,
  events: (pieces) => [
    ...pieces.map((text) => data(content(text))),
    data({
      ...content(''),
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 },
    }),
  ],
  streamedUsage: 12,
  limited: { error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED' } },
  failedEvent: data({ error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }),
};
