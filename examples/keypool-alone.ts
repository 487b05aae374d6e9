// Eight keys, one pool, plain fetch:
//
//   BASE_URL=https://host/v1 KEYS=key1,key2,… MODEL=some-model npx tsx examples/keypool-alone.ts
//
// Twenty questions go out as fast as the keys' limits allow, and no faster.
import { KeyPool } from '@riskwatch/keypool';

const { BASE_URL = 'http://127.0.0.1:8080/v1', KEYS = '', MODEL = 'some-model' } = process.env;

const pool = new KeyPool({
  baseUrl: BASE_URL,
  keys: KEYS.split(',').map((secret, index) => ({ id: `key-${index + 1}`, secret })),
  limits: [{ requests: 300, perSeconds: 60, burst: 5 }],
});
pool.on('key-quarantined', ({ keyId, reason }) => console.log(`${keyId} was refused: ${reason}`));

async function ask(question: string): Promise<string> {
  const body = JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: question }] });
  const response = await pool.run(
    (lease) =>
      fetch(`${lease.baseUrl}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...lease.headers },
        body,
        signal: lease.signal,
      }),
    { deadlineMs: 60_000 },
  );
  if (!response.ok) throw new Error(`The provider says ${response.status}.`);
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  return choices[0]!.message.content;
}

const answers = await Promise.all(
  Array.from({ length: 20 }, (_, index) => ask(`What is ${index} + ${index}?`)),
);
console.log(`${answers.length} answers, the first: ${answers[0]}`);
for (const { id, calls, state } of pool.snapshot().keys) console.log(`${id}: ${calls} calls, ${state}`);
await pool.close();
