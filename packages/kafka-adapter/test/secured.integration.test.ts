import { startLocalKafka, type LocalKafka } from '@riskwatch/local-kafka';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ConnectionOptions } from '../src/client/connection-options.js';
import { createConsumer } from '../src/consumer/consumer.js';
import { createLagReader, readLag } from '../src/lag/read-lag.js';
import { createProducer } from '../src/producer/producer.js';
import { ensureTopics } from '../src/topics/ensure-topics.js';
import { until } from './support/broker.js';

const password = 'correct-horse';
let broker: LocalKafka;
let connection: ConnectionOptions;

beforeAll(async () => {
  broker = await startLocalKafka({ secured: { users: { alice: password } } });
  connection = {
    brokers: [broker.brokers],
    tls: { ca: broker.certificate! },
    sasl: { mechanism: 'plain', username: 'alice', password },
  };
  await ensureTopics([{ name: 'jobs', partitions: 1, replicationFactor: 1, config: {} }], { connection });
});

afterAll(async () => {
  await broker?.stop();
});

it('sends and consumes over TLS with a login', async () => {
  const seen: string[] = [];
  const consumer = createConsumer({
    connection,
    topic: 'jobs',
    consumerGroup: 'workers',
    handle: ({ value }) => void seen.push(String(value)),
  });
  const producer = createProducer({ connection });
  await Promise.all([consumer.start(), producer.send({ topic: 'jobs', key: 'k', value: 'v' })]);
  await until('the message', () => seen.length === 1);
  await Promise.all([consumer.close(), producer.close()]);
  expect(await readLag({ connection, topic: 'jobs', consumerGroup: 'workers' })).toMatchObject({ lag: 0 });
});

it('says that a login is refused, and never shows it', async () => {
  const wrong = 'battery-staple';
  const lines: string[] = [];
  const refused: ConnectionOptions = {
    ...connection,
    sasl: { mechanism: 'plain', username: 'alice', password: wrong },
    onLog: ({ message }) => lines.push(message),
  };
  const producer = createProducer({ connection: refused });
  const reader = createLagReader({ connection: refused });
  const consumer = createConsumer({
    connection: refused,
    topic: 'jobs',
    consumerGroup: 'workers',
    handle: () => undefined,
  });
  const start = consumer.start().catch((error: unknown) => error);
  const errors: unknown[] = await Promise.all([
    producer.send({ topic: 'jobs', key: 'k', value: 'v' }).catch((error: unknown) => error),
    reader.read({ topic: 'jobs', consumerGroup: 'workers' }).catch((error: unknown) => error),
  ]);
  await until('the consumer says so', () => /uthenticat/.test(consumer.health().reasons.join()));
  const { reasons } = consumer.health();
  await Promise.all([producer.close(), reader.close(), consumer.close(), start]);
  for (const error of errors) expect(error).toMatchObject({ code: 'not_authorized', isRetryable: false });
  const told = [...errors.map(String), ...reasons, ...lines].join('\n');
  expect(told).toMatch(/uthenticat/);
  expect(told).not.toContain(wrong);
});

it.each([
  ['a certificate that nobody vouches for', { tls: true }, /certificate/],
  ['plain text where TLS is spoken', { tls: false, sasl: undefined }, /./],
])('stores nothing through %s, and says why', async (_, change, why) => {
  const lines: string[] = [];
  const options = {
    ...connection,
    ...change,
    onLog: ({ message }: { message: string }) => lines.push(message),
  };
  const producer = createProducer({ connection: options });
  const send = producer.send({ topic: 'jobs', key: 'k', value: 'v' }, { deadlineMs: 500 });
  await expect(send).rejects.toMatchObject({ code: 'deadline_exceeded' });
  await producer.close({ deadlineMs: 1 });
  expect(lines.join('\n')).toMatch(why);
});
