// Two providers, each with a pool of its own, under Vercel's AI SDK: what the first cannot begin in time goes to
// the second at once, instead of waiting for a refusal:
//
//   FIRST_URL=https://host/v1 FIRST_KEYS=key1,key2,… SECOND_URL=… SECOND_KEYS=… npx tsx examples/two-providers.ts
import { createOpenAI } from '@ai-sdk/openai';
import { generateText } from 'ai';
import { KeyPool, KeyPoolError, createPooledFetch, withCallOptions } from '@riskwatch/keypool';

const { FIRST_URL = 'http://127.0.0.1:8080/v1', FIRST_KEYS = '' } = process.env;
const { SECOND_URL = 'http://127.0.0.1:8081/v1', SECOND_KEYS = '', MODEL = 'some-model' } = process.env;

function provider(baseUrl: string, secrets: string) {
  const keys = secrets.split(',').map((secret, index) => ({ id: `key-${index + 1}`, secret }));
  const pool = new KeyPool({ baseUrl, keys, limits: [{ requests: 30, perSeconds: 60, burst: 2 }] });
  const client = createOpenAI({ apiKey: 'pooled', baseURL: baseUrl, fetch: createPooledFetch(pool) });
  return { pool, model: client.chat(MODEL) };
}

const first = provider(FIRST_URL, FIRST_KEYS);
const second = provider(SECOND_URL, SECOND_KEYS);

async function ask(prompt: string): Promise<string> {
  // The first provider has a second and a half: the pool knows beforehand whether that is enough.
  return withCallOptions({ deadlineMs: 1_500 }, () =>
    generateText({ model: first.model, prompt, maxRetries: 0 }),
  )
    .catch((error: unknown) => {
      if (!KeyPoolError.is(error) || !error.isRetryable) throw error;
      return generateText({ model: second.model, prompt, maxRetries: 0 });
    })
    .then(({ text }) => text);
}

const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => ask(`Count to ${index}.`)));

console.log(`${answers.length} answers, the first: ${answers[0]}`);
for (const [name, { pool }] of Object.entries({ first, second })) {
  const calls = pool.snapshot().keys.reduce((sum, key) => sum + key.calls, 0);
  console.log(`${name}: ${calls} calls`);
  await pool.close();
}
