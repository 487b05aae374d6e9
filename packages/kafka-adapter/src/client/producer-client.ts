import { Partitioners, type Message, type Producer } from 'kafkajs';
import { settlesWithin } from '../delay.js';
import { KafkaAdapterError } from '../errors.js';
import { AdminClient } from './admin-client.js';
import { toAdapterError } from './client-error.js';
import { Connection, endlessRetry } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';

/** A record on its way out. The key is never absent: a record without one is placed anew on each retry. */
export interface OutgoingRecord {
  topic: string;
  key: Buffer;
  value: Buffer | null;
  headers: Record<string, Buffer | string | (Buffer | string)[]>;
}

/** Where a record was stored. */
export interface StoredAt {
  partition: number;
  offset: number;
  /** The broker's time, for topics that stamp records with it. */
  storedAtMs: number | undefined;
}

const farewellMs = 1_000;

/**
 * One idempotent kafkajs producer, which means one producer id: good for as long as no send has been rejected.
 * Its user must never have two sends in flight (see `front-queue.ts`).
 */
export class ProducerClient {
  readonly #options: ConnectionOptions;
  readonly #connection: Connection;
  readonly #producer: Producer;
  readonly #knownTopics = new Set<string>();
  readonly #partitionOf = new WeakMap<Message, number>();
  #connected = false;
  #admin: AdminClient | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#connection = new Connection(options, endlessRetry);
    this.#producer = this.#connection.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: endlessRetry,
      createPartitioner: () => {
        // Murmur2, as the Java clients place keys; noted, since kafkajs does not tell which record went where.
        const partition = Partitioners.DefaultPartitioner();
        return (args) => {
          const chosen = partition(args);
          this.#partitionOf.set(args.message, chosen);
          return chosen;
        };
      },
    });
  }

  /**
   * Stores the records, all or (when it throws) perhaps some of them. Waits through outages.
   *
   * @throws KafkaAdapterError; the client must not be used again then.
   */
  async send(records: readonly OutgoingRecord[]): Promise<StoredAt[]> {
    const messages = records.map(({ key, value, headers }): Message => ({ key, value, headers }));
    const byTopic = new Map<string, Message[]>();
    records.forEach(({ topic }, index) => {
      const list = byTopic.get(topic) ?? [];
      list.push(messages[index]!);
      byTopic.set(topic, list);
    });
    try {
      await this.#checkTopics([...byTopic.keys()]);
      if (!this.#connected) {
        await this.#producer.connect();
        this.#connected = true;
      }
      const topicMessages = [...byTopic].map(([topic, list]) => ({ topic, messages: list }));
      const stored = await this.#producer.sendBatch({ acks: -1, topicMessages });
      const next = new Map(stored.map((part) => [`${part.topicName}/${part.partition}`, part]));
      const counts = new Map<string, number>();
      return records.map(({ topic }, index) => {
        const partition = this.#partitionOf.get(messages[index]!) ?? -1;
        const place = `${topic}/${partition}`;
        const part = next.get(place);
        const before = counts.get(place) ?? 0;
        counts.set(place, before + 1);
        const appended = Number(part?.logAppendTime ?? -1);
        return {
          partition,
          offset: Number(part?.baseOffset ?? -1) + before,
          storedAtMs: appended >= 0 ? appended : undefined,
        };
      });
    } catch (error) {
      throw toAdapterError(error, `sending to ${[...byTopic.keys()].join(', ')}`);
    }
  }

  /** A topic that does not exist would otherwise be waited for without end. */
  async #checkTopics(topics: readonly string[]): Promise<void> {
    const unknown = topics.filter((topic) => !this.#knownTopics.has(topic));
    if (unknown.length === 0) return;
    const admin = (this.#admin = new AdminClient(this.#options));
    try {
      for (const topic of unknown) {
        if ((await admin.topicShape(topic)) === undefined) {
          throw new KafkaAdapterError(
            'unknown_topic',
            `topic ${topic} does not exist; create it with ensureTopics`,
          );
        }
        this.#knownTopics.add(topic);
      }
    } finally {
      await admin.close();
    }
  }

  /** Ends the client; a send under way rejects. */
  async close(): Promise<void> {
    if (this.#connected) await settlesWithin(this.#producer.disconnect(), farewellMs);
    this.destroy();
  }

  /** Ends the client without a farewell, when a send is stuck. */
  destroy(): void {
    this.#connection.destroy();
    this.#admin?.destroy();
  }
}
