import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalKafka, type LocalKafka, type LocalKafkaOptions } from '@riskwatch/local-kafka';
import type { ConnectionOptions } from '../../src/client/connection-options.js';
import type { KafkaRecord } from '../../src/client/record.js';
import { readTopic } from '../../src/reading/read-topic.js';
import { ensureTopics } from '../../src/topics/ensure-topics.js';

/** A broker of the test file's own. */
export class TestBroker {
  #kafka: LocalKafka;
  readonly #options: LocalKafkaOptions;

  private constructor(kafka: LocalKafka, options: LocalKafkaOptions) {
    this.#kafka = kafka;
    this.#options = options;
  }

  static async start(options: LocalKafkaOptions = {}): Promise<TestBroker> {
    return new TestBroker(await startLocalKafka(options), options);
  }

  get port(): number {
    return this.#kafka.port;
  }

  get brokers(): string {
    return `127.0.0.1:${this.#options.advertisedPort ?? this.#kafka.port}`;
  }

  get connection(): ConnectionOptions {
    return { brokers: [this.brokers] };
  }

  /** Ends the process at once and starts another on the same data and port (give a `dataDir`). */
  async killAndRestart(): Promise<void> {
    const { port } = this.#kafka;
    await this.#kafka.kill();
    this.#kafka = await startLocalKafka({ ...this.#options, port });
  }

  async stop(): Promise<void> {
    await this.#kafka.stop();
  }

  /** A new topic with a name of its own, and its dead letters. */
  async topic({
    partitions = 1,
    config = {},
  }: { partitions?: number; config?: Record<string, string> } = {}) {
    const name = `test-${randomUUID()}`;
    const spec = { name, partitions, replicationFactor: 1, config };
    await ensureTopics([spec, { ...spec, name: `${name}.dlq`, partitions: 1 }], {
      connection: this.connection,
    });
    return name;
  }

  async readAll(topic: string): Promise<KafkaRecord[]> {
    const records: KafkaRecord[] = [];
    for await (const record of readTopic({ connection: this.connection, topic })) records.push(record);
    return records;
  }
}

/** Waits for something to become true; fails, naming it, when it does not. */
export const until = async (what: string, isTrue: () => boolean | Promise<boolean>, withinMs = 20_000) => {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 20) {
    if (await isTrue()) return;
    await sleep(20);
  }
  throw new Error(`not within ${withinMs} ms: ${what}`);
};

export const text = (record: { value: Buffer | null }): string => record.value?.toString('utf8') ?? '';
