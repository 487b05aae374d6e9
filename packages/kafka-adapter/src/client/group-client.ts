import { PartitionAssigners, type Consumer, type EachBatchPayload } from 'kafkajs';
import { settlesWithin } from '../delay.js';
import { toAdapterError } from './client-error.js';
import { Connection, endlessRetry } from './connection.js';
import type { ConnectionOptions } from './connection-options.js';
import { headersOf, type KafkaRecord } from './record.js';

export interface GroupClientOptions {
  connection: ConnectionOptions;
  topic: string;
  consumerGroup: string;
  /** Where kafkajs begins in a partition without a committed offset, or whose offset is gone. */
  fromBeginning: boolean;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  /** Largest answer for one partition; a larger single record comes all the same. */
  maxBytesPerPartition: number;
}

/** What the group tells its member. All are called synchronously and must not throw. */
export interface GroupListener {
  /** Assigned partitions, after every join. A new member id means that membership had been lost. */
  joined(memberId: string, partitions: number[]): void;
  /** Just before each request to join: the last moment to commit. */
  beforeJoin(): void;
  heartbeat(): void;
  /** The broker has these offsets; only this counts as committed. */
  committed(offsets: readonly { partition: number; offset: number }[]): void;
  /**
   * Records in order; the answer says whether they were taken. The next fetch waits for the promise, and so does the
   * heartbeat.
   */
  records(partition: number, records: KafkaRecord[], highWatermark: number): Promise<boolean>;
  /** Everything below this offset has been handed over and taken, also where nothing came (markers). */
  position(partition: number, nextOffset: number): void;
  /** kafkajs gave up; unless it restarts by itself, nothing will come from this client any more. */
  crashed(error: unknown, restarts: boolean): void;
}

export interface OffsetToCommit {
  partition: number;
  offset: number;
  metadata?: string;
}

const heartbeatIntervalMs = 1_000;
const fetchWaitMs = 250;
const metadataMaxAgeMs = 30_000;
const leaveWithinMs = 3_000;

/** One kafkajs consumer of one topic, reduced to what can be relied on. */
export class GroupClient {
  readonly #options: GroupClientOptions;
  readonly #listener: GroupListener;
  readonly #connection: Connection;
  readonly #consumer: Consumer;
  #commitOnce: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;
  /** Partitions whose last batch was not taken: its end is no progress. */
  readonly #refused = new Set<number>();
  #joining = false;
  #onJoined: (() => void)[] = [];
  /** Once ended, nothing that kafkajs still does is told. */
  #ended = false;

  constructor(options: GroupClientOptions, listener: GroupListener) {
    this.#options = options;
    this.#listener = listener;
    this.#connection = new Connection(options.connection, endlessRetry);
    this.#consumer = this.#connection.kafka.consumer({
      groupId: options.consumerGroup,
      sessionTimeout: options.sessionTimeoutMs,
      rebalanceTimeout: options.rebalanceTimeoutMs,
      heartbeatInterval: Math.min(heartbeatIntervalMs, Math.floor(options.sessionTimeoutMs / 4)),
      maxWaitTimeInMs: fetchWaitMs,
      metadataMaxAge: metadataMaxAgeMs,
      maxBytesPerPartition: options.maxBytesPerPartition,
      allowAutoTopicCreation: false,
      retry: endlessRetry,
      partitionAssigners: [
        (config) => {
          const roundRobin = PartitionAssigners.roundRobin(config);
          // Called before every join, also where kafkajs announces none.
          return {
            ...roundRobin,
            protocol: (subscription) => {
              this.#joining = true;
              if (!this.#ended) this.#listener.beforeJoin();
              return roundRobin.protocol(subscription);
            },
          };
        },
      ],
    });
    this.#listen();
  }

  #listen(): void {
    const { topic } = this.#options;
    const { events } = this.#consumer;
    this.#consumer.on(events.GROUP_JOIN, ({ payload }) => {
      this.#joining = false;
      if (this.#ended) return;
      this.#listener.joined(payload.memberId, payload.memberAssignment[topic] ?? []);
      this.#listener.heartbeat();
      for (const done of this.#onJoined.splice(0)) done();
    });
    this.#consumer.on(events.HEARTBEAT, () => {
      if (!this.#ended) this.#listener.heartbeat();
    });
    this.#consumer.on(events.COMMIT_OFFSETS, ({ payload }) => {
      if (this.#ended) return;
      const own = payload.topics.find((entry) => entry.topic === topic)?.partitions ?? [];
      this.#listener.committed(own.map(({ partition, offset }) => ({ partition, offset: Number(offset) })));
    });
    this.#consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (this.#refused.delete(payload.partition) || this.#ended) return;
      this.#listener.position(payload.partition, Number(payload.lastOffset) + 1);
    });
    this.#consumer.on(events.CRASH, ({ payload }) => this.#crashed(payload.error, payload.restart));
  }

  /**
   * Connects, subscribes and starts to join; returns before the join is through.
   *
   * @throws KafkaAdapterError `unknown_topic`, `not_authorized` …; close the client then.
   */
  async start(): Promise<void> {
    const { topic, fromBeginning } = this.#options;
    try {
      await this.#consumer.connect();
      await this.#consumer.subscribe({ topics: [topic], fromBeginning });
    } catch (error) {
      throw toAdapterError(error, `subscribing to ${topic}`);
    }
    this.#joining = true;
    // Resolves after the first join, which may wait for other members; faults come as a crash.
    void this.#consumer
      .run({
        autoCommit: false,
        eachBatchAutoResolve: true,
        partitionsConsumedConcurrently: 4,
        eachBatch: (payload) => this.#takeBatch(payload),
      })
      .catch((error: unknown) => this.#crashed(error, false));
  }

  #crashed(error: unknown, restarts: boolean): void {
    // It belongs to the consumer that crashed.
    this.#commitOnce = undefined;
    if (!this.#ended) this.#listener.crashed(error, restarts);
  }

  async #takeBatch({ batch, commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> {
    this.#commitOnce = commitOffsetsIfNecessary;
    const records = batch.messages.map((message): KafkaRecord => ({
      topic: batch.topic,
      partition: batch.partition,
      offset: Number(message.offset),
      timestamp: Number(message.timestamp),
      key: message.key,
      value: message.value,
      headers: headersOf(message.headers),
    }));
    const highWatermark = Number(batch.highWatermark);
    const taken = !this.#ended && (await this.#listener.records(batch.partition, records, highWatermark));
    if (taken) this.#refused.delete(batch.partition);
    else this.#refused.add(batch.partition);
  }

  /**
   * Sends one commit. That it resolves proves nothing; `committed` does.
   *
   * The function that kafkajs hands to a batch sends exactly once, with the membership of this moment. The public
   * `commitOffsets` repeats by itself, perhaps after a rebalance and then over the head of a partition's new owner;
   * it is used only as long as no batch has come.
   */
  async commit(offsets: readonly OffsetToCommit[]): Promise<void> {
    const { topic } = this.#options;
    const partitions = offsets.map(({ partition, offset, metadata = '' }) => ({
      partition,
      offset: String(offset),
      metadata,
    }));
    try {
      if (this.#commitOnce !== undefined) await this.#commitOnce({ topics: [{ topic, partitions }] });
      else await this.#consumer.commitOffsets(partitions.map((entry) => ({ topic, ...entry })));
    } catch (error) {
      throw toAdapterError(error, 'committing offsets');
    }
  }

  pause(partitions: number[]): void {
    this.#steer(() => this.#consumer.pause([{ topic: this.#options.topic, partitions }]));
  }

  resume(partitions: number[]): void {
    this.#steer(() => this.#consumer.resume([{ topic: this.#options.topic, partitions }]));
  }

  /** The next fetch of the partition begins there. */
  seek(partition: number, offset: number): void {
    this.#steer(() => this.#consumer.seek({ topic: this.#options.topic, partition, offset: String(offset) }));
  }

  /** Between a crash and the next join there is nothing to steer; the join begins afresh. */
  #steer(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!/not initialized/.test(String(error))) throw error;
    }
  }

  /** Leaves the group. A join under way is waited for, bounded; stopped in the middle it would go on by itself. */
  async close(): Promise<void> {
    if (this.#ended) return;
    if (this.#joining) {
      await settlesWithin(new Promise<void>((resolve) => this.#onJoined.push(resolve)), leaveWithinMs);
    }
    await settlesWithin(this.#consumer.disconnect(), leaveWithinMs);
    this.destroy();
  }

  /** Ends the client without leaving the group. */
  destroy(): void {
    this.#ended = true;
    this.#connection.destroy();
  }
}
