import { AdminClient, type PartitionOffsets } from '../client/admin-client.js';
import type { ConnectionOptions } from '../client/connection-options.js';
import type { KafkaRecord } from '../client/record.js';
import { KafkaAdapterError } from '../errors.js';
import { followTopic } from './follow-topic.js';

export interface TopicOffsetsOptions {
  connection: ConnectionOptions;
  topic: string;
  signal?: AbortSignal | undefined;
}

/**
 * The oldest kept and the next offset of every partition.
 *
 * @throws KafkaAdapterError `unknown_topic`, `unavailable` …
 */
export const topicOffsets = async ({
  connection,
  topic,
  signal,
}: TopicOffsetsOptions): Promise<PartitionOffsets[]> => {
  const admin = new AdminClient(connection);
  try {
    return await admin.topicOffsets(topic, signal);
  } finally {
    await admin.close();
  }
};

export interface ReadTopicOptions {
  connection: ConnectionOptions;
  topic: string;
  /** Default: all. */
  partitions?: readonly number[] | undefined;
  /** First offset, per partition; default: the oldest kept. */
  from?: ReadonlyMap<number, number> | undefined;
  /** The offset to stop before, per partition; default: the end at the time of the call. */
  to?: ReadonlyMap<number, number> | undefined;
  signal?: AbortSignal | undefined;
}

const bufferHigh = 1_000;

/**
 * Reads what lies between two offsets of each partition, then ends. Order holds within a partition. Stop whenever you
 * like: leaving the loop closes the reader.
 *
 * @throws KafkaAdapterError `unknown_topic`, `unavailable` …; the signal's reason when aborted.
 */
export async function* readTopic({
  connection,
  topic,
  partitions,
  from,
  to,
  signal,
}: ReadTopicOptions): AsyncGenerator<KafkaRecord, void, undefined> {
  const offsets = await topicOffsets({ connection, topic, signal });
  const start = new Map<number, number>();
  const open = new Map<number, number>();
  for (const { partition, low, high } of offsets) {
    const first = Math.max(low, from?.get(partition) ?? low);
    const end = Math.min(high, to?.get(partition) ?? high);
    const isWanted = partitions?.includes(partition) ?? true;
    // All partitions come with the membership; of those nobody asked for, nothing is fetched.
    start.set(partition, isWanted ? first : high);
    if (isWanted && first < end) open.set(partition, end);
  }
  if (open.size === 0) return;

  const ends = new Map(open);
  const buffer: KafkaRecord[] = [];
  let wake: (() => void) | undefined;
  let failure: unknown;
  let isPaused = false;
  const follower = await followTopic({
    connection,
    topic,
    from: { offsets: start },
    groupPrefix: 'riskwatch-read',
    signal,
    onRecord: (record) => {
      if (record.offset >= (ends.get(record.partition) ?? 0)) return;
      buffer.push(record);
      if (buffer.length >= bufferHigh && !isPaused) {
        isPaused = true;
        follower.pause();
      }
    },
    onPosition: (partition, next) => {
      if (next >= (open.get(partition) ?? 0)) open.delete(partition);
      wake?.();
    },
    onError: (error) => {
      // Outages are waited out; what time does not mend is the reader's to know.
      if (error instanceof KafkaAdapterError && !error.isRetryable) failure = error;
      wake?.();
    },
  });
  const onAbort = () => wake?.();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      yield* buffer.splice(0);
      signal?.throwIfAborted();
      if (failure !== undefined) throw failure;
      if (buffer.length > 0) continue;
      if (open.size === 0) return;
      if (isPaused) {
        isPaused = false;
        follower.resume();
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await follower.close();
  }
}
