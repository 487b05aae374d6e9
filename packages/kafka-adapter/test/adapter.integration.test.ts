import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createConsumer } from '../src/consumer/consumer.js';
import { readLag } from '../src/lag/read-lag.js';
import { deadLetterContractOf, topicContracts } from '../src/messages/topics.js';
import type { RiskAssessment } from '../src/messages/risk-assessment.js';
import { jsonRecord } from '../src/producer/outgoing.js';
import { createProducer, type Producer } from '../src/producer/producer.js';
import { readFirstResults } from '../src/reading/first-results.js';
import { followTopic } from '../src/reading/follow-topic.js';
import { readTopic, topicOffsets } from '../src/reading/read-topic.js';
import { ensureTopics } from '../src/topics/ensure-topics.js';
import { riskwatchTopicSpecs, topicSpecOf } from '../src/topics/topic-spec.js';
import { TestBroker, text, until } from './support/broker.js';

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

describe('ensureTopics', () => {
  it('creates what is missing and leaves alone what is there', async () => {
    const specs = [...riskwatchTopicSpecs(), topicSpecOf(deadLetterContractOf('detection-results-topic'))];
    const { connection } = broker;
    const created = await ensureTopics(specs, { connection });
    expect(created.map((report) => report.created)).toEqual([true, true, true, true]);
    const again = await ensureTopics(specs, { connection });
    expect(again).toEqual(specs.map(({ name }) => ({ name, created: false, differences: [] })));
  });

  it('reports what differs, and does not change it', async () => {
    const name = await broker.topic({ partitions: 2, config: { 'retention.ms': '5000' } });
    const wanted = { ...topicSpecOf({ ...topicContracts.results, name }), partitions: 3 };
    for (let round = 0; round < 2; round += 1) {
      const [report] = await ensureTopics([wanted], { connection: broker.connection });
      expect(report).toMatchObject({ created: false });
      expect(report!.differences).toEqual(
        expect.arrayContaining([
          { what: 'partitions', wanted: '3', found: '2' },
          { what: 'retention.ms', wanted: '86400000', found: '5000' },
          { what: 'message.timestamp.type', wanted: 'LogAppendTime', found: 'CreateTime' },
        ]),
      );
    }
  });

  it('says why a topic cannot be created', async () => {
    const spec = {
      ...topicSpecOf(topicContracts.tasks, { name: 'too-many-replicas' }),
      replicationFactor: 3,
    };
    await expect(ensureTopics([spec], { connection: broker.connection })).rejects.toMatchObject({
      code: 'refused',
    });
  });
});

describe('producer', () => {
  it('stores key, value and headers as they are and tells where', async () => {
    const topic = await broker.topic({
      partitions: 3,
      config: { 'message.timestamp.type': 'LogAppendTime' },
    });
    const before = Date.now();
    const stored = await producer.send({
      topic,
      key: 'camera-北',
      value: Uint8Array.of(0, 1, 255),
      headers: { traceparent: '00-abc', repeated: ['one', Uint8Array.of(7)] },
    });
    const [record] = await broker.readAll(topic);
    expect(record).toMatchObject({ partition: stored.partition, offset: 0, timestamp: stored.storedAtMs });
    expect(record!.key!.toString()).toBe('camera-北');
    expect(record!.value).toEqual(Buffer.of(0, 1, 255));
    expect(record!.headers).toEqual({
      traceparent: Buffer.from('00-abc'),
      repeated: [Buffer.from('one'), Buffer.of(7)],
    });
    expect(record!.timestamp).toBeGreaterThanOrEqual(before);
  });

  it('takes the largest record of each topic, and refuses a larger one before it is sent', async () => {
    const { name, maxRecordBytes } = topicContracts.results;
    await ensureTopics(riskwatchTopicSpecs(), { connection: broker.connection });
    const largest = maxRecordBytes - 200;
    await Promise.all(
      [1, 2, 3].map((key) => producer.send({ topic: name, key: `${key}`, value: 'x'.repeat(largest) })),
    );
    const tooLarge = producer.send({ topic: name, key: 'k', value: 'x'.repeat(maxRecordBytes) });
    await expect(tooLarge).rejects.toMatchObject({ code: 'record_too_large', maybeStored: false });
  });

  it('stores the others when the broker refuses one of a batch', async () => {
    const topic = await broker.topic({ config: { 'max.message.bytes': '20000' } });
    const sizes = [100, 50_000, 100, 100];
    const outcomes = await Promise.allSettled(
      sizes.map((size, index) =>
        producer.send({ topic, key: `${index}`, value: `${index}`.padEnd(size, '.') }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(outcomes[1]).toMatchObject({ reason: { code: 'record_too_large', maybeStored: false } });
    expect((await broker.readAll(topic)).map((record) => text(record)[0])).toEqual(['0', '2', '3']);
  });

  it('says that a topic does not exist', async () => {
    const sent = producer.send({ topic: 'no-such-topic', key: 'k', value: 'v' });
    await expect(sent).rejects.toMatchObject({ code: 'unknown_topic', maybeStored: false });
  });
});

it('lag counts what is kept and not committed', async () => {
  const topic = await broker.topic({ partitions: 2 });
  const question = { connection: broker.connection, topic, consumerGroup: `group-of-${topic}` };
  await Promise.all([...'abcdef'].map((key) => producer.send({ topic, key, value: key })));
  expect(await readLag(question)).toMatchObject({ lag: 6, partitions: [{ committed: undefined }, {}] });
  const consumer = createConsumer({ ...question, handle: () => undefined });
  await consumer.start();
  await until('no lag', async () => (await readLag(question)).lag === 0);
  await consumer.close();
});

describe('readers', () => {
  it('readTopic reads what lies between two offsets, in order, and ends', async () => {
    const topic = await broker.topic({ partitions: 2 });
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => producer.send({ topic, key: `${index}`, value: `${index}` })),
    );
    const offsets = await topicOffsets({ connection: broker.connection, topic });
    const from = new Map(offsets.map(({ partition }) => [partition, 2]));
    const to = new Map(offsets.map(({ partition, high }) => [partition, high - 1]));
    const read = new Map<number, number[]>();
    for await (const { partition, offset } of readTopic({ connection: broker.connection, topic, from, to })) {
      read.set(partition, [...(read.get(partition) ?? []), offset]);
    }
    for (const { partition, high } of offsets) {
      expect(read.get(partition)).toEqual(Array.from({ length: high - 3 }, (_, index) => index + 2));
    }
  });

  it('readTopic ends at once where there is nothing, and when it is aborted', async () => {
    const topic = await broker.topic();
    expect(await broker.readAll(topic)).toEqual([]);
    await producer.send({ topic, key: 'k', value: 'v' });
    const reason = new Error('enough');
    const read = async () => {
      for await (const record of readTopic({
        connection: broker.connection,
        topic,
        signal: AbortSignal.abort(reason),
      })) {
        throw new Error(`read ${record.offset}`);
      }
    };
    await expect(read()).rejects.toBe(reason);
  });

  it('followTopic begins at the moment of the call and shows everything to everybody', async () => {
    const topic = await broker.topic({ partitions: 2 });
    await producer.send({ topic, key: 'old', value: 'old' });
    const seen: [string[], string[]] = [[], []];
    const errors: unknown[] = [];
    const followers = await Promise.all(
      seen.map((list) =>
        followTopic({
          connection: broker.connection,
          topic,
          onRecord: (record) => {
            list.push(text(record));
            if (text(record) === '3') throw new Error('a bad listener');
          },
          onError: (error) => errors.push(error),
        }),
      ),
    );
    // Sent before the follower has joined its group, and not missed.
    await Promise.all(
      Array.from({ length: 9 }, (_, index) => producer.send({ topic, key: `${index}`, value: `${index}` })),
    );
    await Promise.all(followers.map((follower) => follower.caughtUp()));
    for (const list of seen) expect(list.toSorted()).toEqual([...'012345678']);
    expect(errors).toHaveLength(2);
    await Promise.all(followers.map((follower) => follower.close()));
  });

  it('a follower goes on in a topic that was made anew', async () => {
    const topic = await broker.topic();
    const { connection } = broker;
    for (const value of ['a', 'b', 'c']) await producer.send({ topic, key: 'k', value });
    const seen: string[] = [];
    const follower = await followTopic({
      connection,
      topic,
      from: 'earliest',
      onRecord: (record) => seen.push(text(record)),
    });
    await follower.caughtUp();
    const admin = new Kafka({ brokers: [...connection.brokers], logLevel: logLevel.NOTHING }).admin();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
    await ensureTopics([{ name: topic, partitions: 1, replicationFactor: 1, config: {} }], { connection });
    const another = createProducer({ connection });
    await another.send({ topic, key: 'k', value: 'd' });
    await until('the new one', () => seen.length === 4);
    await Promise.all([follower.close(), another.close()]);
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
  });

  it('a follower that is closed keeps nobody waiting for it to catch up', async () => {
    const topic = await broker.topic();
    await producer.send({ topic, key: 'k', value: 'v' });
    const { connection } = broker;
    const follower = await followTopic({ connection, topic, from: 'earliest', onRecord: () => undefined });
    const caughtUp = expect(follower.caughtUp()).rejects.toMatchObject({ code: 'closed' });
    await follower.close();
    await caughtUp;
  });
});

describe('readFirstResults', () => {
  const golden = (name: string) =>
    JSON.parse(
      readFileSync(new URL(`../schemas/golden/risk-assessment.${name}.json`, import.meta.url), 'utf8'),
    ) as RiskAssessment;
  const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;

  it('takes the first of each task for the verdict, from before and from now on', async () => {
    const topic = await broker.topic({
      partitions: 3,
      config: { 'message.timestamp.type': 'LogAppendTime' },
    });
    const publish = (index: number, result: RiskAssessment) =>
      producer.send(jsonRecord({ topic, key: idOf(index), body: { ...result, requestId: idOf(index) } }));
    await Promise.all(Array.from({ length: 30 }, (_, index) => publish(index, golden('succeeded'))));
    await publish(3, golden('failed'));
    await producer.send({ topic, key: 'k', value: 'no result' });
    const repeats: string[] = [];
    const errors: unknown[] = [];
    const results = await readFirstResults({
      connection: broker.connection,
      topic,
      // Room for about ten whole results: the others have to be read again.
      maxKeptBytes: 10_000,
      onRepeat: ({ requestId }) => repeats.push(requestId),
      onError: (error) => errors.push(error),
    });
    await results.caughtUp();
    expect(results.size).toBe(30);
    expect(results.get(idOf(3))).toMatchObject({ status: 'succeeded' });
    expect(results.get(idOf(99))).toBeUndefined();
    expect(errors).toEqual([expect.objectContaining({ code: 'invalid-json' })]);
    await publish(99, golden('failed'));
    await publish(99, golden('succeeded'));
    await results.caughtUp();
    expect(results.get(idOf(99))?.status).toBe('failed');
    expect(repeats).toEqual([idOf(3), idOf(99)]);
    expect(await results.read(idOf(99))).toMatchObject({ status: 'failed' });
    expect(await results.read(idOf(0))).toMatchObject({ requestId: idOf(0), status: 'succeeded' });
    expect(await results.read(idOf(100))).toBeUndefined();
    await results.close();
  });

  it('begins at its window', async () => {
    const topic = await broker.topic({ config: { 'message.timestamp.type': 'LogAppendTime' } });
    await producer.send(
      jsonRecord({ topic, key: 'k', body: { ...golden('succeeded'), requestId: idOf(1) } }),
    );
    await sleep(300);
    const { storedAtMs } = await producer.send(
      jsonRecord({ topic, key: 'k', body: { ...golden('succeeded'), requestId: idOf(2) } }),
    );
    const clock = { now: () => storedAtMs! };
    const results = await readFirstResults({ connection: broker.connection, topic, windowMs: 200, clock });
    await results.caughtUp();
    expect([results.get(idOf(1)), results.get(idOf(2))?.offset]).toEqual([undefined, 1]);
    await results.close();
  });
});

it("the README's first example runs, stores its record and ends by itself", async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = /```ts\n(.+?)```/s.exec(readme)![1]!.replace('127.0.0.1:9092', broker.brokers);
  const { outputText } = ts.transpileModule(example, {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 },
  });
  const { stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', outputText], {
    // Inside the package its own name leads to what is published.
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    timeout: 20_000,
  });
  expect(stderr).toBe('');
  expect((await broker.readAll('jobs')).map(({ key }) => String(key))).toEqual(['customer-17']);
});
