import kafkajs, { type Admin } from 'kafkajs';
import { delay, settlesWithin, unlessAborted } from '../delay.js';
import { KafkaAdapterError } from '../errors.js';
import { toAdapterError } from './client-error.js';
import { Connection, shortRetry } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';

// Node does not see this one among the names of a CommonJS module.
const { ConfigResourceTypes } = kafkajs;

export interface PartitionOffsets {
  partition: number;
  /** Offset of the oldest record that is still kept. */
  low: number;
  /** Offset that the next record will get. */
  high: number;
}

export interface CommittedOffset {
  partition: number;
  /** `undefined`: this consumer group never committed here. */
  offset: number | undefined;
  metadata: string | undefined;
}

export interface TopicShape {
  partitions: number;
  replicationFactor: number;
}

export interface NewTopic {
  name: string;
  partitions: number;
  replicationFactor: number;
  config: Readonly<Record<string, string>>;
}

const attempts = 20;
const betweenAttemptsMs = 250;
const farewellMs = 1_000;

/** Questions to the brokers, and the few changes the adapter makes. Each is repeated for some seconds. */
export class AdminClient {
  readonly #options: ConnectionOptions;
  #connection: Connection;
  #admin: Admin;
  #connecting: Promise<void> | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#connection = new Connection(options, shortRetry);
    this.#admin = this.#connection.kafka.admin();
  }

  async #ask<T>(what: string, question: (admin: Admin) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      if (this.#closed) throw new KafkaAdapterError('closed', `${what}: the client is closed`);
      const connection = this.#connection;
      let isConnected = false;
      try {
        this.#connecting ??= this.#admin.connect();
        await unlessAborted(this.#connecting, signal);
        isConnected = true;
        return await unlessAborted(question(this.#admin), signal);
      } catch (error) {
        signal?.throwIfAborted();
        // Another question has met the same outage first and replaced the connection: this failure says no more.
        const isReplaced = connection !== this.#connection;
        const failure = toAdapterError(error, what);
        const isAway = isReplaced || failure.code === 'unavailable';
        if (this.#closed) continue;
        // A connection that could not be made is not kept either: the next question may be let in.
        if (!isReplaced && (isAway || !isConnected)) this.#reconnect();
        if (!isAway || attempt >= attempts) throw failure;
        await delay(betweenAttemptsMs, signal);
      }
    }
  }

  #reconnect(): void {
    this.#connection.destroy();
    this.#connection = new Connection(this.#options, shortRetry);
    this.#admin = this.#connection.kafka.admin();
    this.#connecting = undefined;
  }

  /** The number of partitions and replicas, `undefined` for a topic that does not exist. */
  topicShape(topic: string, signal?: AbortSignal): Promise<TopicShape | undefined> {
    const describe = async (admin: Admin) => {
      if (!(await admin.listTopics()).includes(topic)) return undefined;
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const partitions = topics[0]?.partitions ?? [];
      return { partitions: partitions.length, replicationFactor: partitions[0]?.replicas.length ?? 0 };
    };
    return this.#ask(`describing ${topic}`, describe, signal);
  }

  /** Values of the topic's configuration, by name. */
  topicConfig(topic: string, names: string[], signal?: AbortSignal): Promise<Map<string, string>> {
    const describe = async (admin: Admin) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: names }],
      });
      const entries = resources[0]?.configEntries ?? [];
      return new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
    };
    return this.#ask(`reading the configuration of ${topic}`, describe, signal);
  }

  /** Resolves once the topic can be used. Whether it was created; `false`: it was there. */
  async createTopic(
    { name, partitions, replicationFactor, config }: NewTopic,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const create = (admin: Admin) =>
      admin.createTopics({
        waitForLeaders: false,
        topics: [
          {
            topic: name,
            numPartitions: partitions,
            replicationFactor,
            configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
          },
        ],
      });
    const isNew = await this.#ask(`creating ${name}`, create, signal);
    await this.#waitForLeaders(name, signal);
    return isNew;
  }

  /** A busy broker does not know its new topic for a moment; kafkajs' own wait takes that for an error. */
  async #waitForLeaders(topic: string, signal?: AbortSignal): Promise<void> {
    const hasLeaders = async (admin: Admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const partitions = topics[0]?.partitions ?? [];
      return partitions.length > 0 && partitions.every(({ leader }) => leader >= 0);
    };
    const what = `waiting for ${topic}`;
    for (let attempt = 1; ; attempt += 1) {
      const isUsable = await this.#ask(what, hasLeaders, signal).catch((error: unknown) => {
        if (error instanceof KafkaAdapterError && error.code === 'unknown_topic') return false;
        throw error;
      });
      if (isUsable) return;
      if (attempt >= attempts) throw new KafkaAdapterError('unavailable', `${what}: it has no leaders yet`);
      await delay(betweenAttemptsMs, signal);
    }
  }

  topicOffsets(topic: string, signal?: AbortSignal): Promise<PartitionOffsets[]> {
    const fetch = async (admin: Admin) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets.map(({ partition, low, high }) => ({ partition, low: Number(low), high: Number(high) }));
    };
    return this.#ask(`reading the offsets of ${topic}`, fetch, signal).then(byPartition);
  }

  /** For each partition the offset of the first record that is not older; its end when there is none. */
  offsetsAt(topic: string, timestampMs: number, signal?: AbortSignal): Promise<Map<number, number>> {
    const fetch = async (admin: Admin) => {
      const offsets = await admin.fetchTopicOffsetsByTimestamp(topic, Math.floor(timestampMs));
      return new Map(offsets.map(({ partition, offset }) => [partition, Number(offset)]));
    };
    return this.#ask(`reading the offsets of ${topic} by time`, fetch, signal);
  }

  committedOffsets(consumerGroup: string, topic: string, signal?: AbortSignal): Promise<CommittedOffset[]> {
    const fetch = async (admin: Admin) => {
      const [answer] = await admin.fetchOffsets({ groupId: consumerGroup, topics: [topic] });
      return (answer?.partitions ?? []).map(({ partition, offset, metadata }) => ({
        partition,
        offset: Number(offset) >= 0 ? Number(offset) : undefined,
        metadata: metadata ?? undefined,
      }));
    };
    return this.#ask(`reading the offsets of consumer group ${consumerGroup}`, fetch, signal).then(
      byPartition,
    );
  }

  deleteGroup(consumerGroup: string, signal?: AbortSignal): Promise<void> {
    const remove = async (admin: Admin) => void (await admin.deleteGroups([consumerGroup]));
    return this.#ask(`deleting consumer group ${consumerGroup}`, remove, signal);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await settlesWithin(this.#admin.disconnect(), farewellMs);
    this.#connection.destroy();
  }

  /** Ends the client at once; a question under way fails. */
  destroy(): void {
    this.#closed = true;
    this.#connection.destroy();
  }
}

const byPartition = <T extends { partition: number }>(list: T[]): T[] =>
  list.toSorted((a, b) => a.partition - b.partition);
