import type { ConnectionOptions } from '../client/connection-options.js';
import type { KafkaRecord } from '../client/record.js';
import { systemClock, type Clock } from '../clock.js';
import { parseRiskAssessment } from '../messages/parse.js';
import type { RiskAssessment } from '../messages/risk-assessment.js';
import { topicContracts } from '../messages/topics.js';
import { followTopic, type TopicFollower } from './follow-topic.js';
import { readTopic } from './read-topic.js';

/** What is remembered of a task's first result. */
export interface FirstResult {
  status: RiskAssessment['status'];
  partition: number;
  offset: number;
  /** When the broker stored it, milliseconds since 1970. */
  timestamp: number;
}

export interface FirstResultsOptions {
  connection: ConnectionOptions;
  /** Default `risk-assessment-results-topic`. */
  topic?: string | undefined;
  /**
   * How far back results are read and remembered; default 2 h, which is how long a task may lie in its topic. A task
   * that comes again later than that would be judged again.
   */
  windowMs?: number | undefined;
  /** Results remembered at most, the newest; default 500,000 (about 200 bytes each). */
  maxRemembered?: number | undefined;
  /** Bytes of whole results kept in memory for `read`, the newest; default 32 MiB. Older ones are read again. */
  maxKeptBytes?: number | undefined;
  /** Called with the first result of each task, in order per partition. */
  onFirst?: ((result: RiskAssessment, record: KafkaRecord) => void) | undefined;
  /** Called with each further one: it counts for nothing. */
  onRepeat?: ((result: RiskAssessment, record: KafkaRecord) => void) | undefined;
  /** Called with faults of reading (which goes on) and with records that are no results. */
  onError?: ((error: unknown) => void) | undefined;
  signal?: AbortSignal | undefined;
  clock?: Clock | undefined;
}

/** An index of which tasks have their result already. The first record of a task is the verdict. */
export interface FirstResults {
  readonly size: number;
  readonly isReading: boolean;
  get(requestId: string): FirstResult | undefined;
  /**
   * The whole first result, from memory or from the topic; `undefined` for a task that is not known.
   *
   * @throws KafkaAdapterError when the topic cannot be read; the signal's reason when aborted.
   */
  read(requestId: string, options?: { signal?: AbortSignal }): Promise<RiskAssessment | undefined>;
  /** Resolves when all results that are in the topic at the time of the call are known. */
  caughtUp(options?: { signal?: AbortSignal }): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const defaultWindowMs = 2 * 3_600_000;
const defaultMaxRemembered = 500_000;
const defaultMaxKeptBytes = 32 * 1024 * 1024;

/**
 * Reads the results topic from `now − windowMs` on and keeps reading. Wait for `caughtUp` before relying on it.
 *
 * @throws KafkaAdapterError `unknown_topic`, `unavailable` …; the signal's reason when aborted.
 */
export const readFirstResults = async (options: FirstResultsOptions): Promise<FirstResults> => {
  const { connection, topic = topicContracts.results.name, windowMs = defaultWindowMs } = options;
  const { clock = systemClock, signal, onError } = options;
  const index = new ResultIndex(options, windowMs, clock);
  const follower = await followTopic({
    connection,
    topic,
    from: { timestampMs: clock.now() - windowMs },
    groupPrefix: 'riskwatch-results-tail',
    onRecord: (record) => index.take(record),
    onError,
    signal,
  });
  return new Tail(index, follower, connection, topic);
};

class ResultIndex {
  readonly #options: FirstResultsOptions;
  readonly #windowMs: number;
  readonly #clock: Clock;
  /** Oldest first, as Map keeps insertion order. */
  readonly #results = new Map<string, FirstResult>();
  readonly #values = new Map<string, Buffer>();
  #keptBytes = 0;

  constructor(options: FirstResultsOptions, windowMs: number, clock: Clock) {
    this.#options = options;
    this.#windowMs = windowMs;
    this.#clock = clock;
  }

  get size(): number {
    return this.#results.size;
  }

  get(requestId: string): FirstResult | undefined {
    return this.#results.get(requestId);
  }

  value(requestId: string): Buffer | undefined {
    return this.#values.get(requestId);
  }

  take(record: KafkaRecord): void {
    const result = parseRiskAssessment(record.value);
    const { requestId, status } = result;
    const known = this.#results.get(requestId);
    if (known !== undefined) {
      const isSameRecord = known.partition === record.partition && known.offset === record.offset;
      if (!isSameRecord) this.#options.onRepeat?.(result, record);
      return;
    }
    const { partition, offset, timestamp } = record;
    this.#results.set(requestId, { status, partition, offset, timestamp });
    if (record.value !== null) {
      this.#values.set(requestId, record.value);
      this.#keptBytes += record.value.byteLength;
    }
    this.#forget();
    this.#options.onFirst?.(result, record);
  }

  #forget(): void {
    const { maxRemembered = defaultMaxRemembered, maxKeptBytes = defaultMaxKeptBytes } = this.#options;
    const horizon = this.#clock.now() - this.#windowMs;
    for (const [requestId, { timestamp }] of this.#results) {
      if (this.#results.size <= maxRemembered && timestamp >= horizon) break;
      this.#results.delete(requestId);
      this.#drop(requestId);
    }
    for (const requestId of this.#values.keys()) {
      if (this.#keptBytes <= maxKeptBytes) break;
      this.#drop(requestId);
    }
  }

  #drop(requestId: string): void {
    this.#keptBytes -= this.#values.get(requestId)?.byteLength ?? 0;
    this.#values.delete(requestId);
  }
}

class Tail implements FirstResults {
  readonly #index: ResultIndex;
  readonly #follower: TopicFollower;
  readonly #connection: ConnectionOptions;
  readonly #topic: string;

  constructor(index: ResultIndex, follower: TopicFollower, connection: ConnectionOptions, topic: string) {
    this.#index = index;
    this.#follower = follower;
    this.#connection = connection;
    this.#topic = topic;
  }

  get size(): number {
    return this.#index.size;
  }

  get isReading(): boolean {
    return this.#follower.isReading;
  }

  get(requestId: string): FirstResult | undefined {
    return this.#index.get(requestId);
  }

  async read(
    requestId: string,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<RiskAssessment | undefined> {
    const known = this.#index.get(requestId);
    if (known === undefined) return undefined;
    const kept = this.#index.value(requestId);
    if (kept !== undefined) return parseRiskAssessment(kept);
    const { partition, offset } = known;
    const records = readTopic({
      connection: this.#connection,
      topic: this.#topic,
      partitions: [partition],
      from: new Map([[partition, offset]]),
      to: new Map([[partition, offset + 1]]),
      signal,
    });
    for await (const record of records) return parseRiskAssessment(record.value);
    return undefined;
  }

  caughtUp(options?: { signal?: AbortSignal }): Promise<void> {
    return this.#follower.caughtUp(options);
  }

  close(): Promise<void> {
    return this.#follower.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
