import {
  createLagReader,
  followTopic,
  headerText,
  type ConnectionOptions,
  type LagReader,
  type RecordHeaders,
  type TopicFollower,
} from '@riskwatch/kafka-adapter';
import type { RecordKind, TopicRecord } from '../report/enter-record.js';

export interface FollowedTopic {
  readonly name: string;
  readonly kind: RecordKind;
  /** Who reads it; the slowest counts as the topic's lag. */
  readonly consumerGroups: readonly string[];
}

const CAUGHT_UP_TIMEOUT_MS = 5_000;

/** Reads the topics of a run from its beginning on, beside everybody else. */
export class RecordFeed {
  readonly #connection: ConnectionOptions;
  readonly #topics: readonly FollowedTopic[];
  readonly #onRecord: (kind: RecordKind, record: TopicRecord) => void;
  readonly #onError: (error: unknown) => void;
  readonly #lagReader: LagReader;
  #followers: readonly TopicFollower[] = [];

  constructor(
    connection: ConnectionOptions,
    topics: readonly FollowedTopic[],
    onRecord: (kind: RecordKind, record: TopicRecord) => void,
    onError: (error: unknown) => void,
  ) {
    this.#connection = connection;
    this.#topics = topics;
    this.#onRecord = onRecord;
    this.#onError = onError;
    this.#lagReader = createLagReader({ connection });
  }

  /** What is stored after this has resolved is never missed. */
  async begin(): Promise<void> {
    this.#followers = await Promise.all(
      this.#topics.map(({ name, kind }) =>
        followTopic({
          connection: this.#connection,
          topic: name,
          groupPrefix: 'riskwatch-launcher',
          onRecord: (record) => this.#onRecord(kind, { ...record, headers: textHeaders(record.headers) }),
          onError: this.#onError,
        }),
      ),
    );
  }

  /** Whether everything that is in the topics at this moment has been read. */
  async caughtUp(): Promise<boolean> {
    const signal = AbortSignal.timeout(CAUGHT_UP_TIMEOUT_MS);
    const all = await Promise.allSettled(this.#followers.map((follower) => follower.caughtUp({ signal })));
    return all.every(({ status }) => status === 'fulfilled');
  }

  /** Records before the slowest consumer group of each topic that has any. */
  async lag(): Promise<Record<string, number>> {
    const read = this.#topics.filter(({ consumerGroups }) => consumerGroups.length > 0);
    const lags = read.map(async ({ name, consumerGroups }) => {
      const ofGroups = consumerGroups.map((consumerGroup) =>
        this.#lagReader.read({ topic: name, consumerGroup }),
      );
      return [name, Math.max(...(await Promise.all(ofGroups)).map(({ lag }) => lag))] as const;
    });
    return Object.fromEntries(await Promise.all(lags));
  }

  async close(): Promise<void> {
    await Promise.all([this.#lagReader, ...this.#followers].map((reader) => reader.close()));
  }
}

const textHeaders = (headers: RecordHeaders): Record<string, string> =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, headerText(headers, name) ?? '']));
