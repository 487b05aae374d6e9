import { checkConnectionOptions, type ConnectionOptions } from '../client/connection-options.js';
import { systemClock, type Clock } from '../clock.js';
import { KafkaAdapterError } from '../errors.js';
import { topicContracts } from '../messages/topics.js';

export interface ProducerOptions {
  connection: ConnectionOptions;
  /** How long a `send` may take before its caller is told otherwise. Default: until it is stored. */
  deadlineMs?: number | undefined;
  /** Records that may wait or be on their way; default 10,000. */
  maxQueuedRecords?: number | undefined;
  /** Their bytes; default 64 MiB. */
  maxQueuedBytes?: number | undefined;
  /** Records in one request; default 500. */
  maxBatchRecords?: number | undefined;
  /**
   * The topics' `max.message.bytes`, by name. Default: the riskwatch topics' own, 2 MiB for `….dlq`, and Kafka's
   * default of 1 MiB for every other topic.
   */
  maxRecordBytes?: Readonly<Record<string, number>> | undefined;
  clock?: Clock | undefined;
}

export interface ResolvedProducerOptions {
  connection: ConnectionOptions;
  deadlineMs: number | undefined;
  maxQueuedRecords: number;
  maxQueuedBytes: number;
  maxBatchRecords: number;
  maxRecordBytesOf: (topic: string) => number;
  clock: Clock;
}

const MiB = 1024 * 1024;

export const resolveProducerOptions = (options: ProducerOptions): ResolvedProducerOptions => {
  const { connection, deadlineMs, clock = systemClock } = options;
  checkConnectionOptions(connection);
  const resolved = {
    maxQueuedRecords: options.maxQueuedRecords ?? 10_000,
    maxQueuedBytes: options.maxQueuedBytes ?? 64 * MiB,
    maxBatchRecords: options.maxBatchRecords ?? 500,
  };
  for (const [name, value] of Object.entries({ ...resolved, deadlineMs })) {
    if (value !== undefined && !(value > 0)) {
      throw new KafkaAdapterError('invalid_options', `${name} must be greater than 0, not ${value}`);
    }
  }
  const known = new Map<string, number>(
    Object.values(topicContracts).map(({ name, maxRecordBytes }) => [name, maxRecordBytes]),
  );
  for (const [topic, bytes] of Object.entries(options.maxRecordBytes ?? {})) known.set(topic, bytes);
  const maxRecordBytesOf = (topic: string) => known.get(topic) ?? (topic.endsWith('.dlq') ? 2 * MiB : MiB);
  return { ...resolved, connection, deadlineMs, clock, maxRecordBytesOf };
};
