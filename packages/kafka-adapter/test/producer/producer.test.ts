import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jsonRecord, toOutgoing, type RecordToSend } from '../../src/producer/outgoing.js';
import { createProducer, type Producer } from '../../src/producer/producer.js';

describe('toOutgoing', () => {
  it.each<[string, object]>([
    ['no topic', { topic: '' }],
    ['no key', { key: '' }],
    ['a number as the key', { key: 7 }],
    ['no value', { value: undefined }],
    ['a number in a header', { headers: { attempt: 3 } }],
    ['nothing in a header', { headers: { trace: null } }],
    ['a number among several values', { headers: { trace: ['a', 3] } }],
  ])('refuses %s', (_, change) => {
    const record = { topic: 't', key: 'k', value: 'v', ...change } as RecordToSend;
    expect(() => toOutgoing(record)).toThrow(
      expect.objectContaining({ code: 'invalid_record', isRetryable: false }),
    );
  });

  it('says that JSON is JSON', () => {
    const record = jsonRecord({ topic: 't', key: 'k', body: { a: 1 }, headers: { traceparent: '00' } });
    expect(record.value).toBe('{"a":1}');
    expect(record.headers).toEqual({ 'content-type': 'application/json', traceparent: '00' });
  });
});

/** No broker: it takes connections and never answers, as one behind a broken network does. */
describe('a producer whose broker does not answer', () => {
  let silent: Server;
  let producer: Producer;
  const record = { topic: 't', key: 'k', value: 'v' };

  beforeEach(async () => {
    silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    producer = createProducer({
      connection: { brokers: [`127.0.0.1:${port}`] },
      maxQueuedRecords: 3,
      maxQueuedBytes: 1_000,
    });
  });

  afterEach(async () => {
    await producer.close({ deadlineMs: 1 });
    silent.close();
  });

  it('tells the caller at its deadline, and whether the record was on its way', async () => {
    const first = producer.send(record, { deadlineMs: 30 });
    await new Promise((resolve) => setImmediate(resolve));
    const second = producer.send(record, { deadlineMs: 30 });
    await expect(first).rejects.toMatchObject({
      code: 'deadline_exceeded',
      maybeStored: true,
      isRetryable: true,
    });
    await expect(second).rejects.toMatchObject({ code: 'deadline_exceeded', maybeStored: false });
    // What nobody waits for makes room; what is on its way does not.
    expect(producer.stats().queuedRecords).toBe(1);
  });

  it('waits on when a caller gives it all the time there is', async () => {
    const sent = producer.send(record, { deadlineMs: Infinity });
    sent.catch(() => undefined);
    await expect(Promise.race([sent, sleep(30, 'still waiting')])).resolves.toBe('still waiting');
  });

  it('lets a caller go', async () => {
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    const sent = producer.send(record, { signal: controller.signal });
    controller.abort(reason);
    await expect(sent).rejects.toBe(reason);
    await expect(producer.send(record, { signal: controller.signal })).rejects.toBe(reason);
  });

  it('bounds what waits, by count and by bytes', async () => {
    const waiting = [1, 2, 3].map(() => producer.send(record));
    const all = Promise.allSettled(waiting);
    await expect(producer.send(record)).rejects.toMatchObject({ code: 'queue_full', maybeStored: false });
    await producer.close({ deadlineMs: 1 });
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('ends at the deadline of its close and tells everybody', async () => {
    const waiting = Promise.allSettled([producer.send(record), producer.send(record)]);
    await Promise.all([producer.close({ deadlineMs: 50 }), producer.close()]);
    for (const outcome of await waiting) expect(outcome).toMatchObject({ reason: { code: 'closed' } });
    await expect(producer.send(record)).rejects.toMatchObject({ code: 'closed' });
    expect(producer.stats()).toEqual({ queuedRecords: 0, queuedBytes: 0, inFlightMs: 0 });
  });
});

it.each([
  { maxQueuedRecords: 0 },
  { maxQueuedBytes: -1 },
  { deadlineMs: 0 },
  { maxBatchRecords: Number.NaN },
])('refuses %j and names it', (options) => {
  const [name] = Object.keys(options);
  expect(() => createProducer({ connection: { brokers: ['h:1'] }, ...options })).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining(name!) as string }),
  );
});

it.each([[[]], [['broker-1']], [['PLAINTEXT://broker-1:9092']], [['user:hunter2@broker-1']]])(
  'refuses brokers %j, without showing a password',
  (brokers) => {
    expect(() => createProducer({ connection: { brokers } })).toThrow(
      expect.objectContaining({
        code: 'invalid_options',
        message: expect.not.stringContaining('hunter2') as string,
      }),
    );
  },
);

it.each([{ ca: 'ca.pem' }, { cert: 'client.pem' }])('refuses %j: a file name is no certificate', (tls) => {
  expect(() => createProducer({ connection: { brokers: ['h:1'], tls } })).toThrow(
    expect.objectContaining({ code: 'invalid_options' }),
  );
});
