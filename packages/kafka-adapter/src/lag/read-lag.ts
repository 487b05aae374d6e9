import { AdminClient } from '../client/admin-client.js';
import type { ConnectionOptions } from '../client/connection-options.js';

export interface PartitionLag {
  partition: number;
  /** Where the consumer group stands; `undefined`: it never committed here. */
  committed: number | undefined;
  /** Offset that the next record will get. */
  end: number;
  /** Records that are kept and not behind the commit. */
  lag: number;
}

export interface GroupLag {
  topic: string;
  consumerGroup: string;
  /** Sum over the partitions. */
  lag: number;
  partitions: PartitionLag[];
}

export interface LagQuestion {
  topic: string;
  consumerGroup: string;
  signal?: AbortSignal | undefined;
}

/** Reads lags over one connection, for those who ask again and again. */
export interface LagReader {
  /** @throws KafkaAdapterError `unknown_topic`, `unavailable` …; the signal's reason when aborted. */
  read(question: LagQuestion): Promise<GroupLag>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export const createLagReader = ({ connection }: { connection: ConnectionOptions }): LagReader => {
  const admin = new AdminClient(connection);
  return {
    async read({ topic, consumerGroup, signal }) {
      const [offsets, committed] = await Promise.all([
        admin.topicOffsets(topic, signal),
        admin.committedOffsets(consumerGroup, topic, signal),
      ]);
      const committedOf = new Map(committed.map(({ partition, offset }) => [partition, offset]));
      const partitions = offsets.map(({ partition, low, high }): PartitionLag => {
        const own = committedOf.get(partition);
        // What retention has deleted is no longer behind anybody.
        return { partition, committed: own, end: high, lag: Math.max(0, high - Math.max(own ?? low, low)) };
      });
      return { topic, consumerGroup, lag: partitions.reduce((sum, { lag }) => sum + lag, 0), partitions };
    },
    close: () => admin.close(),
    [Symbol.asyncDispose]: () => admin.close(),
  };
};

/**
 * How far a consumer group is behind the end of a topic.
 *
 * @throws KafkaAdapterError `unknown_topic`, `unavailable` …; the signal's reason when aborted.
 */
export const readLag = async ({
  connection,
  ...question
}: LagQuestion & { connection: ConnectionOptions }): Promise<GroupLag> => {
  const reader = createLagReader({ connection });
  try {
    return await reader.read(question);
  } finally {
    await reader.close();
  }
};
