import OpenAI from 'openai';
import type { CreateCaller } from './caller.js';

/** A client for each key with its own two retries; any of them. */
export const openaiSdk: CreateCaller = (row, origin) => {
  const clients = row.keys.map(({ secret }) => new OpenAI({ apiKey: secret, baseURL: `${origin}/v1` }));
  return (signal) =>
    clients[Math.floor(Math.random() * clients.length)]!.chat.completions.create(
      { model: 'm', messages: [{ role: 'user', content: 'hello' }] },
      { signal },
    );
};
