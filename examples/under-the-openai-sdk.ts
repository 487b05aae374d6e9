// The official OpenAI client over a pool of keys; nothing else about it changes:
//
//   BASE_URL=https://host/v1 KEYS=key1,key2,… MODEL=some-model npx tsx examples/under-the-openai-sdk.ts
import OpenAI from 'openai';
import { KeyPool, createPooledFetch, withCallOptions } from '@riskwatch/keypool';

const { BASE_URL = 'http://127.0.0.1:8080/v1', KEYS = '', MODEL = 'some-model' } = process.env;

const keys = KEYS.split(',').map((secret, index) => ({ id: `key-${index + 1}`, secret }));
const pool = new KeyPool({ baseUrl: BASE_URL, keys, limits: [{ requests: 300, perSeconds: 60, burst: 5 }] });
const client = new OpenAI({
  apiKey: 'pooled',
  baseURL: BASE_URL,
  maxRetries: 0,
  fetch: createPooledFetch(pool),
});

const question = (content: string) => ({ model: MODEL, messages: [{ role: 'user' as const, content }] });

// An urgent call goes before those that wait already, and is given up after two seconds.
const urgent = withCallOptions({ priority: 1, deadlineMs: 2_000 }, () =>
  client.chat.completions.create(question('Is the door open?')),
);
const rest = Array.from({ length: 10 }, (_, index) =>
  client.chat.completions.create(question(`Count to ${index}.`)),
);
const answers = await Promise.all([urgent, ...rest]);

console.log(answers[0].choices[0]!.message.content);
for (const { id, calls } of pool.snapshot().keys) console.log(`${id}: ${calls} calls`);
await pool.close();
