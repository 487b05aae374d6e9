import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createConsumer, type Consumer } from '../src/consumer/consumer.js';
import type { ConsumerOptions } from '../src/consumer/consumer-options.js';
import { createLagReader, readLag } from '../src/lag/read-lag.js';
import { createProducer, type Producer } from '../src/producer/producer.js';
import { readFirstResults } from '../src/reading/first-results.js';
import { TestBroker, text, until } from './support/broker.js';
import { CuttingProxy } from './support/cutting-proxy.js';
import { Worker } from './support/worker.js';

const sessionTimeoutMs = 1_500;
let folder: string;
let proxy: CuttingProxy;
let broker: TestBroker;
let producer: Producer;
const workers: Worker[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kafka-adapter-'));
  proxy = await CuttingProxy.listen();
  broker = await TestBroker.start({ dataDir: folder, advertisedPort: proxy.port });
  proxy.forwardTo(broker.port);
  producer = createProducer({ connection: broker.connection });
});

afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await producer.close({ deadlineMs: 2_000 });
  await broker.stop();
  await proxy.close();
  await rm(folder, { recursive: true, force: true });
});

const fill = (topic: string, count: number, keyOf: (index: number) => string) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      producer.send({ topic, key: keyOf(index), value: `${index}` }),
    ),
  );

const consume = async (
  topic: string,
  options: Pick<ConsumerOptions, 'handle'> & Partial<ConsumerOptions>,
) => {
  const consumer: Consumer = createConsumer({
    connection: broker.connection,
    topic,
    consumerGroup: `group-of-${topic}`,
    sessionTimeoutMs,
    ...options,
  });
  await consumer.start();
  return consumer;
};

const workOn = (topic: string, speed: { handleMs: number; slowMs: number }) => {
  const worker = new Worker({ brokers: broker.brokers, topic, consumerGroup: `group-of-${topic}`, ...speed });
  workers.push(worker);
  return worker;
};

const lagOf = async (topic: string) =>
  (await readLag({ connection: broker.connection, topic, consumerGroup: `group-of-${topic}` })).lag;

it.each([0, 1, 2])('a lost acknowledgement loses and doubles nothing (after %i requests)', async (passes) => {
  const topic = await broker.topic();
  const own = createProducer({ connection: broker.connection, maxBatchRecords: 5 });
  const cutsBefore = proxy.cuts;
  await own.send({ topic, key: 'a', value: 'first' });
  proxy.loseAcknowledgementAfter(passes);
  const stored = await Promise.all(
    Array.from({ length: 20 }, (_, index) => own.send({ topic, key: 'a', value: `${index}` })),
  );
  await own.close();
  expect(proxy.cuts).toBe(cutsBefore + 1);
  const records = await broker.readAll(topic);
  expect(records.map(text)).toEqual(['first', ...Array.from({ length: 20 }, (_, index) => `${index}`)]);
  expect(stored.map(({ offset }) => offset)).toEqual(records.slice(1).map(({ offset }) => offset));
});

it('survives the kill -9 of the broker: nothing lost, nothing doubled, order kept', async () => {
  const topic = await broker.topic({ partitions: 2 });
  const results = await readFirstResults({ connection: broker.connection, topic: await broker.topic() });
  const seen = new Map<string, number[]>();
  const consumer = await consume(topic, {
    sessionTimeoutMs: 6_000,
    handle: async ({ key, value }) => {
      await sleep(2);
      const name = key!.toString();
      seen.set(name, [...(seen.get(name) ?? []), Number(value)]);
    },
  });
  const sends: Promise<unknown>[] = [];
  let isSending = true;
  const sender = (async () => {
    for (let index = 0; isSending; index += 1) {
      sends.push(producer.send({ topic, key: `key-${index % 7}`, value: `${index}` }));
      await sleep(10);
    }
  })();
  const reader = createLagReader(broker);
  const misses: unknown[] = [];
  const watcher = (async () => {
    while (isSending) {
      await reader
        .read({ topic, consumerGroup: `group-of-${topic}` })
        .catch((error: unknown) => misses.push(error));
      await sleep(20);
    }
  })();
  await until('some handled', () => seen.size === 7);
  await broker.killAndRestart();
  const handledAtRestart = [...seen.values()].flat().length;
  await until('more handled', () => [...seen.values()].flat().length > handledAtRestart + 50);
  isSending = false;
  await Promise.all([sender, watcher]);
  // Its two questions meet the outage at different moments; neither may take it for a refusal.
  expect(misses).toEqual([]);
  await reader.close();
  await Promise.all(sends);
  await until('all handled', () => new Set([...seen.values()].flat()).size === sends.length);
  await until('all committed', async () => (await lagOf(topic)) === 0);
  await results.caughtUp();
  await Promise.all([consumer.close(), results.close()]);
  for (const numbers of seen.values())
    expect([...new Set(numbers)]).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
  const stored = (await broker.readAll(topic)).map((record) => Number(text(record)));
  expect(stored.toSorted((a, b) => a - b)).toEqual(sends.map((_, index) => index));
});

it('after the kill -9 of a consumer its successor repeats only what was not committed', async () => {
  const topic = await broker.topic();
  // The first message takes long: everything else is done beyond it and can only be noted in the bitmap.
  await fill(topic, 400, (index) => (index === 0 ? 'slow' : `key-${index}`));
  const worker = workOn(topic, { handleMs: 5, slowMs: 60_000 });
  await until('half of it done', () => worker.done.length >= 200);
  await worker.kill();
  const repeated: number[] = [];
  const seen = new Set(worker.done);
  const successor = await consume(topic, {
    handle: ({ offset }) => {
      if (seen.has(offset)) repeated.push(offset);
      seen.add(offset);
    },
  });
  await until('all done', () => seen.size === 400);
  await successor.close();
  expect(await lagOf(topic)).toBe(0);
  // Commits come every 150 ms; at 4 messages in 5 ms that is at most about 120 of 200.
  expect(repeated.length).toBeLessThan(150);
  expect(Math.min(...repeated, 400)).toBeGreaterThan(20);
});

it('a member that was frozen neither goes on with lost work nor commits over its successor', async () => {
  const topic = await broker.topic();
  await fill(topic, 2_000, (index) => `key-${index}`);
  const worker = workOn(topic, { handleMs: 10, slowMs: 0 });
  await until('some done', () => worker.done.length >= 40);
  worker.signal('SIGSTOP');
  const seen = new Set<number>();
  const successor = await consume(topic, { concurrency: 64, handle: ({ offset }) => void seen.add(offset) });
  await until('the successor is through', () => seen.has(1_999));
  await until('all committed', async () => (await lagOf(topic)) === 0);
  const begunBefore = worker.begun.length;
  worker.signal('SIGCONT');
  await sleep(2_000);
  expect(worker.begun.length - begunBefore).toBeLessThanOrEqual(4);
  expect(await lagOf(topic)).toBe(0);
  await Promise.all([successor.close(), worker.kill()]);
  const all = new Set([...worker.done, ...seen]);
  expect(all.size).toBe(2_000);
});

it('hands over between members without loss, and without a repeat when one leaves in order', async () => {
  const topic = await broker.topic({ partitions: 4 });
  const handled: string[] = [];
  const handle: ConsumerOptions['handle'] = async ({ value }) => {
    await sleep(5);
    handled.push(String(value));
  };
  const first = await consume(topic, { handle });
  let sent = 0;
  const sends: Promise<unknown>[] = [];
  const send = (count: number) => {
    for (let index = 0; index < count; index += 1) {
      sends.push(producer.send({ topic, key: `key-${sent % 50}`, value: `${sent}` }));
      sent += 1;
    }
  };
  send(300);
  const second = await consume(topic, { handle });
  expect(first.stats().partitions.length + second.stats().partitions.length).toBe(4);
  expect(second.stats().partitions).toHaveLength(2);
  send(300);
  await until('the join is worked off', () => new Set(handled).size === 600);
  const repeatsOfJoin = handled.length - 600;
  // At most what was in work in the partitions that moved.
  expect(repeatsOfJoin).toBeLessThanOrEqual(32);
  send(600);
  await sleep(50);
  await first.close();
  await until('all handled', () => new Set(handled).size === 1_200);
  await second.close();
  expect(handled.length - 1_200).toBe(repeatsOfJoin);
  expect(await lagOf(topic)).toBe(0);
});

it('reads on in a partition that was paused when it was lost and that has come back', async () => {
  const topic = await broker.topic({ partitions: 4 });
  await fill(topic, 400, (index) => `key-${index % 40}`);
  const seen = new Set<string>();
  const first = await consume(topic, {
    concurrency: 2,
    maxBufferedRecords: 2,
    handle: async ({ value }) => {
      await sleep(4);
      seen.add(String(value));
    },
  });
  // It takes partitions and gives them back without having done anything with them.
  const second = await consume(topic, {
    handle: (_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', reject)),
  });
  expect(second.stats().partitions).toHaveLength(2);
  await second.close({ deadlineMs: 1 });
  await until('all handled', () => seen.size === 400);
  await first.close();
});
