import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headerText } from '../../src/client/record.js';
import type { ConsumerEvent } from '../../src/consumer/consumer-event.js';
import type { ConsumerOptions } from '../../src/consumer/consumer-options.js';
import { createConsumer, type Consumer } from '../../src/consumer/consumer.js';
import { RejectMessageError, RetryLaterError } from '../../src/consumer/control-errors.js';
import { readLag } from '../../src/lag/read-lag.js';
import { parseDetection } from '../../src/messages/parse.js';
import { createProducer, type Producer } from '../../src/producer/producer.js';
import { ensureTopics } from '../../src/topics/ensure-topics.js';
import { TestBroker, text, until } from '../support/broker.js';

let broker: TestBroker;
let producer: Producer;

beforeAll(async () => {
  broker = await TestBroker.start();
  producer = createProducer({ connection: broker.connection });
});

afterAll(async () => {
  await producer.close();
  await broker.stop();
});

/** `count` records over `keys` keys, numbered in the order of sending. */
const fill = async (topic: string, count: number, keys = 10) => {
  const sends = Array.from({ length: count }, (_, index) =>
    producer.send({ topic, key: `key-${index % keys}`, value: String(index) }),
  );
  await Promise.all(sends);
};

type Overrides = Partial<ConsumerOptions> & Pick<ConsumerOptions, 'topic' | 'handle'>;

const consume = async (overrides: Overrides): Promise<Consumer> => {
  const consumer = createConsumer({
    connection: broker.connection,
    consumerGroup: `group-of-${overrides.topic}`,
    ...overrides,
  });
  await consumer.start();
  return consumer;
};

const lagOf = async (topic: string) =>
  (await readLag({ connection: broker.connection, topic, consumerGroup: `group-of-${topic}` })).lag;

describe('order and parallelism', () => {
  it('works on many keys at once, on one key in order, each message once', async () => {
    const topic = await broker.topic({ partitions: 3 });
    const seen = new Map<string, number[]>();
    const busy = new Set<string>();
    let most = 0;
    const consumer = await consume({
      topic,
      concurrency: 8,
      handle: async ({ key, value }) => {
        const name = key!.toString();
        expect(busy.has(name)).toBe(false);
        busy.add(name);
        most = Math.max(most, busy.size);
        await sleep(Math.random() * 4);
        seen.set(name, [...(seen.get(name) ?? []), Number(value)]);
        busy.delete(name);
      },
    });
    await fill(topic, 600, 20);
    await until('all handled', () => [...seen.values()].flat().length >= 600);
    await consumer.close();
    for (const numbers of seen.values()) expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(new Set([...seen.values()].flat()).size).toBe(600);
    expect([...seen.values()].flat()).toHaveLength(600);
    expect(most).toBe(8);
    expect(await lagOf(topic)).toBe(0);
  });

  it('buffers no more than it was told', async () => {
    const topic = await broker.topic();
    const big = 'x'.repeat(20_000);
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => producer.send({ topic, key: `${index}`, value: big })),
    );
    let handled = 0;
    let mostBytes = 0;
    const consumer = await consume({
      topic,
      concurrency: 2,
      maxBufferedBytes: 100_000,
      handle: async () => {
        mostBytes = Math.max(mostBytes, consumer.stats().bufferedBytes);
        await sleep(1);
        handled += 1;
      },
    });
    await until('all handled', () => handled === 200);
    await consumer.close();
    // One fetch of 1 MiB may be under way when the bound is reached.
    expect(mostBytes).toBeLessThan(100_000 + 1024 * 1024 + 20_100);
  });
});

describe('what becomes of a message', () => {
  it('goes to the dead letters untouched when it cannot be read, with the reason', async () => {
    const topic = await broker.topic();
    const events: ConsumerEvent[] = [];
    let handled = 0;
    const consumer = createConsumer({
      connection: broker.connection,
      topic,
      consumerGroup: `group-of-${topic}`,
      parse: parseDetection,
      handle: () => {
        handled += 1;
      },
      onEvent: (event) => events.push(event),
    });
    await consumer.start();
    await producer.send({
      topic,
      key: 'camera',
      value: '{ "schemaVersion": 7 }',
      headers: { traceparent: '00-ab' },
    });
    await producer.send({ topic, key: 'camera', value: Uint8Array.of(0xff, 0x00) });
    await until('both given up', () => events.filter(({ type }) => type === 'dead-letter').length === 2);
    await consumer.close();
    const [first, second] = await broker.readAll(`${topic}.dlq`);
    expect(handled).toBe(0);
    expect(text(first!)).toBe('{ "schemaVersion": 7 }');
    expect(first!.key?.toString()).toBe('camera');
    expect(headerText(first!.headers, 'traceparent')).toBe('00-ab');
    expect(headerText(first!.headers, 'rw-dlq-reason')).toBe('unknown-version');
    expect(headerText(first!.headers, 'rw-dlq-id')).toBe(`${topic}/0/0/group-of-${topic}`);
    expect(headerText(second!.headers, 'rw-dlq-reason')).toBe('invalid-json');
    expect(second!.value).toEqual(Buffer.of(0xff, 0x00));
    expect(await lagOf(topic)).toBe(0);
  });

  it('is given up when rejected, or after its attempts; a later one of its key then has its turn', async () => {
    const topic = await broker.topic();
    const tries: string[] = [];
    const consumer = await consume({
      topic,
      retry: { maxAttempts: 3, initialDelayMs: 1 },
      handle: ({ value }) => {
        tries.push(String(value));
        if (String(value) === '0') throw new RejectMessageError('not wanted');
        if (String(value) === '1') throw new TypeError('a bug; password=hunter2');
      },
    });
    await fill(topic, 3, 1);
    await until('the last handled', () => tries.includes('2'));
    await consumer.close();
    expect(tries).toEqual(['0', '1', '1', '1', '2']);
    const letters = await broker.readAll(`${topic}.dlq`);
    expect(letters.map(({ headers }) => headerText(headers, 'rw-dlq-reason'))).toEqual([
      'rejected',
      'attempts-exhausted',
    ]);
    expect(headerText(letters[1]!.headers, 'rw-dlq-attempts')).toBe('3');
    expect(headerText(letters[1]!.headers, 'rw-dlq-error')).toBe('a bug; password=***');
  });

  it('comes again later, without holding up other keys or a place among those at work', async () => {
    const topic = await broker.topic();
    const done: string[] = [];
    let refusals = 0;
    const consumer = await consume({
      topic,
      concurrency: 1,
      handle: ({ value }, { attempt }) => {
        if (String(value) === '0' && attempt < 4) {
          refusals += 1;
          throw new RetryLaterError({ delayMs: 100 });
        }
        done.push(String(value));
      },
    });
    await fill(topic, 4, 2);
    await until('all handled', () => done.length === 4);
    await consumer.close();
    expect(refusals).toBe(3);
    expect(done).toEqual(['1', '3', '0', '2']);
    expect(await broker.readAll(`${topic}.dlq`)).toEqual([]);
  });
});

describe('start and end', () => {
  it('waits for a topic that is created later, and says so', async () => {
    const topic = `later-${randomUUID()}`;
    const seen: string[] = [];
    const consumer = createConsumer({
      connection: broker.connection,
      topic,
      consumerGroup: 'patient',
      handle: ({ value }) => void seen.push(String(value)),
    });
    const start = consumer.start();
    await until('the reason is told', () =>
      consumer.health().reasons.some((reason) => reason.includes(topic)),
    );
    await ensureTopics([{ name: topic, partitions: 1, replicationFactor: 1, config: {} }], broker);
    await start;
    expect(consumer.health()).toEqual({ ok: true, reasons: [] });
    await producer.send({ topic, key: 'k', value: 'v' });
    await until('the message', () => seen.length === 1);
    await consumer.close();
  });

  it('can be given up while it still waits', async () => {
    const options = {
      connection: broker.connection,
      topic: 'never',
      consumerGroup: 'patient',
      handle: () => undefined,
    };
    const closed = createConsumer(options);
    const start = expect(closed.start()).rejects.toMatchObject({ code: 'closed' });
    await closed.close();
    await start;
    const reason = new Error('enough');
    const controller = new AbortController();
    const aborted = createConsumer(options).start({ signal: controller.signal });
    controller.abort(reason);
    await expect(aborted).rejects.toBe(reason);
  });

  it.each([
    ['earliest', { startFrom: 'earliest' as const }, ['0', '1', '2']],
    ['latest', { startFrom: 'latest' as const }, ['2']],
  ])('a new group begins at %s', async (_, start, expected) => {
    const topic = await broker.topic();
    await fill(topic, 2, 1);
    const seen: string[] = [];
    const options: Overrides = { topic, ...start, handle: ({ value }) => void seen.push(String(value)) };
    const first = await consume(options);
    // Its start is fixed even if it never gets to see a message.
    await until('the start is committed', async () => (await lagOf(topic)) === 0);
    await first.close();
    await producer.send({ topic, key: 'key-0', value: '2' });
    const second = await consume(options);
    await until('the later one', () => seen.includes('2'));
    await second.close();
    expect(seen).toEqual(expected);
  });

  it('a new group at the latest misses nothing that is sent once it has started', async () => {
    const topic = await broker.topic({ partitions: 3 });
    await fill(topic, 30);
    const seen: string[] = [];
    const consumer = await consume({
      topic,
      startFrom: 'latest',
      handle: ({ value }) => void seen.push(String(value)),
    });
    await Promise.all([...'abc'].map((key) => producer.send({ topic, key, value: key })));
    await until('all three', () => seen.length === 3);
    await consumer.close();
    expect(seen.toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('a new group begins at a time', async () => {
    const topic = await broker.topic({ config: { 'message.timestamp.type': 'LogAppendTime' } });
    await fill(topic, 2, 1);
    await sleep(20);
    const { storedAtMs } = await producer.send({ topic, key: 'key-0', value: 'later' });
    const seen: string[] = [];
    const consumer = await consume({
      topic,
      startFrom: { timestampMs: storedAtMs! },
      handle: ({ value }) => void seen.push(String(value)),
    });
    await until('the later one', () => seen.includes('later'));
    await consumer.close();
    expect(seen).toEqual(['later']);
  });

  it('prepares before the first message', async () => {
    const topic = await broker.topic({ partitions: 2 });
    await fill(topic, 20);
    const order: string[] = [];
    let tries = 0;
    const consumer = await consume({
      topic,
      prepare: async (partitions) => {
        tries += 1;
        if (tries === 1) throw new Error('not yet');
        await sleep(100);
        order.push(`prepared ${partitions.toSorted().join(',')}`);
      },
      handle: () => void order.push('handled'),
    });
    await until('the reason is told', () =>
      consumer.health().reasons.some((reason) => reason.endsWith(': not yet')),
    );
    await until('all handled', () => order.length === 21);
    expect(consumer.health().ok).toBe(true);
    await consumer.close();
    expect(order[0]).toBe('prepared 0,1');
  });

  it('drains: what is in work ends and is committed, what waits is left', async () => {
    const topic = await broker.topic();
    await fill(topic, 50, 50);
    let begun = 0;
    let ended = 0;
    const consumer = await consume({
      topic,
      concurrency: 5,
      handle: async () => {
        begun += 1;
        await sleep(150);
        ended += 1;
      },
    });
    await until('some begun', () => begun >= 5);
    await consumer.close();
    expect(ended).toBe(begun);
    expect(await lagOf(topic)).toBe(50 - ended);
  });

  it('aborts what does not end by the deadline, and leaves it to the next', async () => {
    const topic = await broker.topic();
    await fill(topic, 1);
    let reason: unknown;
    let begun = false;
    const consumer = await consume({
      topic,
      handle: (_, { signal }) => {
        begun = true;
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
            reject(signal.reason as Error);
          });
        });
      },
    });
    await until('begun', () => begun);
    await consumer.close({ deadlineMs: 100 });
    expect(reason).toMatchObject({ code: 'closed' });
    expect(await lagOf(topic)).toBe(1);
  });
});
