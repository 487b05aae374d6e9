import { randomUUID } from 'node:crypto';
import { AdminClient } from '../client/admin-client.js';
import type { ConnectionOptions } from '../client/connection-options.js';
import { GroupMembership, type MembershipListener } from '../client/group-membership.js';
import type { KafkaRecord } from '../client/record.js';
import { settlesWithin } from '../delay.js';
import { KafkaAdapterError } from '../errors.js';
import { guarded } from '../guarded.js';

/** Where reading begins: now, the oldest record, a time, or an offset for each partition (others: now). */
export type FollowFrom =
  'latest' | 'earliest' | { timestampMs: number } | { offsets: ReadonlyMap<number, number> };

export interface FollowOptions {
  connection: ConnectionOptions;
  topic: string;
  /** Default `latest`. */
  from?: FollowFrom | undefined;
  /** Beginning of the throw-away group's name, so that it can be told in a list; default `riskwatch-follow`. */
  groupPrefix?: string | undefined;
  /** Called with each record, in order per partition. An error from it goes to `onError`; reading goes on. */
  onRecord: (record: KafkaRecord) => void;
  /** Called when everything below the offset has been handed over. */
  onPosition?: ((partition: number, nextOffset: number) => void) | undefined;
  onError?: ((error: unknown) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Reads all partitions of a topic, commits nothing. */
export interface TopicFollower {
  /** The offset to be read next, per partition. */
  positions(): ReadonlyMap<number, number>;
  /**
   * Resolves when everything that is in the topic at the time of the call has been handed over.
   *
   * @throws KafkaAdapterError `closed`, or why the offsets cannot be read; the signal's reason when aborted.
   */
  caughtUp(options?: { signal?: AbortSignal }): Promise<void>;
  /** Whether it is connected and reads. */
  readonly isReading: boolean;
  /** Stops fetching until `resume`; what has been fetched still comes. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const sessionTimeoutMs = 6_000;
const rebalanceTimeoutMs = 10_000;
const fetchBytesPerPartition = 1024 * 1024;
const farewellMs = 1_000;

/**
 * Follows a topic without a lasting consumer group: every reader gets every record. The place to begin is fixed when
 * the promise resolves, so that nothing that is sent later can be missed. After a fault it goes on where it was.
 *
 * @throws KafkaAdapterError `unknown_topic`, `unavailable` …; the signal's reason when aborted.
 */
export const followTopic = async (options: FollowOptions): Promise<TopicFollower> => {
  const admin = new AdminClient(options.connection);
  try {
    if ((await admin.topicShape(options.topic, options.signal)) === undefined) {
      throw new KafkaAdapterError('unknown_topic', `topic ${options.topic} does not exist`);
    }
    const positions = await startOf(options, admin);
    options.signal?.throwIfAborted();
    return new Follower(options, admin, positions);
  } catch (error) {
    await admin.close();
    throw error;
  }
};

const startOf = async (
  { topic, from = 'latest', signal }: FollowOptions,
  admin: AdminClient,
): Promise<Map<number, number>> => {
  const offsets = await admin.topicOffsets(topic, signal);
  if (from === 'earliest') return new Map(offsets.map(({ partition, low }) => [partition, low]));
  const start = new Map(offsets.map(({ partition, high }) => [partition, high]));
  if (from === 'latest') return start;
  const given = 'offsets' in from ? from.offsets : await admin.offsetsAt(topic, from.timestampMs, signal);
  for (const { partition, low, high } of offsets) {
    start.set(partition, Math.min(Math.max(given.get(partition) ?? high, low), high));
  }
  return start;
};

class Follower implements TopicFollower, MembershipListener {
  readonly #options: FollowOptions;
  readonly #admin: AdminClient;
  readonly #consumerGroup: string;
  readonly #positions: Map<number, number>;
  readonly #onError: (error: unknown) => void;
  readonly #waiting = new Set<() => void>();
  readonly #ending = new AbortController();
  readonly #group: GroupMembership;
  #isReading = false;
  #isPaused = false;
  #closed: Promise<void> | undefined;

  constructor(options: FollowOptions, admin: AdminClient, positions: Map<number, number>) {
    this.#options = options;
    this.#admin = admin;
    this.#positions = positions;
    this.#onError = guarded(options.onError ?? (() => undefined));
    this.#consumerGroup = `${options.groupPrefix ?? 'riskwatch-follow'}-${randomUUID()}`;
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    this.#group = new GroupMembership(
      {
        connection: options.connection,
        topic: options.topic,
        consumerGroup: this.#consumerGroup,
        fromBeginning: true,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        maxBytesPerPartition: fetchBytesPerPartition,
      },
      this,
    );
    this.#group.start();
  }

  readonly #onAbort = () => void this.close();

  get isReading(): boolean {
    return this.#isReading;
  }

  positions(): ReadonlyMap<number, number> {
    return this.#positions;
  }

  joined(_memberId: string, partitions: number[]): void {
    for (const partition of partitions) {
      // A partition that was added later is read from its beginning.
      const position = this.#positions.get(partition) ?? 0;
      this.#positions.set(partition, position);
      this.#group.seek(partition, position);
    }
    if (this.#isPaused) this.pause();
    this.#isReading = true;
  }

  beforeJoin(): void {
    // Nothing is ever committed.
  }

  heartbeat(): void {
    this.#isReading = true;
  }

  committed(): void {
    // Nothing is ever committed.
  }

  records(partition: number, records: KafkaRecord[], highWatermark: number): Promise<boolean> {
    const expected = this.#positions.get(partition) ?? 0;
    const [first] = records;
    // The log ends before what was read from it (its topic was made anew, say): whatever comes now is new.
    if (first !== undefined && first.offset < expected && highWatermark < expected) {
      this.#positions.set(partition, first.offset);
    }
    for (const record of records) {
      if (record.offset < (this.#positions.get(partition) ?? 0)) continue;
      this.#positions.set(partition, record.offset + 1);
      try {
        this.#options.onRecord(record);
      } catch (error) {
        this.#onError(error);
      }
    }
    return Promise.resolve(true);
  }

  position(partition: number, nextOffset: number): void {
    if (nextOffset > (this.#positions.get(partition) ?? 0)) this.#positions.set(partition, nextOffset);
    this.#options.onPosition?.(partition, nextOffset);
    for (const check of this.#waiting) check();
  }

  interrupted(error: Error): void {
    this.#isReading = false;
    this.#onError(error);
  }

  async caughtUp({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const ending = this.#ending.signal;
    if (ending.aborted) throw new KafkaAdapterError('closed', 'the reader is closed');
    const offsets = await this.#admin.topicOffsets(this.#options.topic, signal);
    signal?.throwIfAborted();
    if (ending.aborted) throw new KafkaAdapterError('closed', 'the reader was closed');
    const isThere = () =>
      offsets.every(({ partition, high }) => (this.#positions.get(partition) ?? 0) >= high);
    await new Promise<void>((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(check);
        signal?.removeEventListener('abort', onAbort);
        ending.removeEventListener('abort', onEnding);
      };
      const check = () => {
        if (!isThere()) return;
        end();
        resolve();
      };
      const onAbort = () => {
        end();
        reject(signal?.reason as Error);
      };
      const onEnding = () => {
        end();
        reject(new KafkaAdapterError('closed', 'the reader was closed'));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      ending.addEventListener('abort', onEnding, { once: true });
      this.#waiting.add(check);
      check();
    });
  }

  pause(): void {
    this.#isPaused = true;
    this.#group.pause([...this.#positions.keys()]);
  }

  resume(): void {
    this.#isPaused = false;
    this.#group.resume([...this.#positions.keys()]);
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    this.#ending.abort();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    await this.#group.close();
    // The empty group would linger in lists for a while. That it may be gone already is fine.
    await settlesWithin(this.#admin.deleteGroup(this.#consumerGroup), farewellMs);
    await this.#admin.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
