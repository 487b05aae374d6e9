import { AdminClient } from '../client/admin-client.js';
import { GroupMembership, type MembershipListener } from '../client/group-membership.js';
import { recordBytes, type KafkaRecord } from '../client/record.js';
import { delay, settlesWithin } from '../delay.js';
import { KafkaAdapterError } from '../errors.js';
import { Commits } from './commits.js';
import {
  resolveConsumerOptions,
  type ConsumerOptions,
  type ResolvedConsumerOptions,
} from './consumer-options.js';
import type { ConsumerHealth, ConsumerStats } from './consumer-status.js';
import { Fence } from './fence.js';
import { KeyLanes } from './key-lanes.js';
import { MessageAttempts, type WorkPlace } from './message-attempts.js';
import { OffsetTracker } from './offset-tracker.js';
import { OwnedPartition, type Work } from './owned-partition.js';
import { PartitionSetup } from './partition-setup.js';
import { WorkPlaces } from './work-places.js';

/** A member of a consumer group that works on many messages at once and keeps the order of each key. */
export interface Consumer {
  /**
   * Joins the group and resolves when it has and knows where to begin; waits for a topic that does not exist yet,
   * and for brokers.
   *
   * @throws KafkaAdapterError `closed`; the signal's reason when aborted, the consumer is closed then.
   */
  start(options?: { signal?: AbortSignal }): Promise<void>;
  health(): ConsumerHealth;
  stats(): ConsumerStats;
  /**
   * Begins nothing more, lets what is in work end until the deadline (default 10 s), aborts the rest, commits, leaves
   * the group.
   */
  close(options?: { deadlineMs?: number }): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Creates a consumer; `start` sets it going. */
export const createConsumer = <Body = Buffer | null>(options: ConsumerOptions<Body>): Consumer =>
  new ParallelConsumer(resolveConsumerOptions(options));

const closeDeadlineMs = 10_000;
const abortedWithinMs = 1_000;
const fetchBytesPerPartition = 1024 * 1024;
const rebalanceTimeoutMs = 10_000;
const lastCommitTries = 10;
const lastCommitDelayMs = 100;
const lastCommitWithinMs = 3_000;

interface InWork {
  work: Work;
  controller: AbortController;
  sinceMs: number;
  /** Between two tries. */
  isWaiting: boolean;
}

class ParallelConsumer<Body> implements Consumer, MembershipListener {
  readonly #options: ResolvedConsumerOptions<Body>;
  readonly #owned = new Map<number, OwnedPartition>();
  readonly #lanes = new KeyLanes<Work>();
  readonly #inWork = new Set<InWork>();
  readonly #fence: Fence;
  readonly #attempts: MessageAttempts<Body>;
  readonly #places: WorkPlaces;
  readonly #commits: Commits;
  readonly #setup: PartitionSetup;
  readonly #group: GroupMembership;
  readonly #admin: AdminClient;
  /** Aborted when `close` is called. */
  readonly #closing = new AbortController();
  #memberId: string | undefined;
  #fault: string | undefined = 'not started';
  #joined: (() => void) | undefined;
  #started: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #drained: (() => void) | undefined;

  constructor(options: ResolvedConsumerOptions<Body>) {
    this.#options = options;
    this.#fence = new Fence(options.sessionTimeoutMs);
    this.#attempts = new MessageAttempts(options);
    this.#places = new WorkPlaces(options.concurrency);
    this.#admin = new AdminClient(options.connection);
    this.#setup = new PartitionSetup({
      ...options,
      admin: this.#admin,
      seek: (partition, offset) => this.#group.seek(partition, offset),
      signal: this.#closing.signal,
    });
    this.#group = new GroupMembership(
      {
        connection: options.connection,
        topic: options.topic,
        consumerGroup: options.consumerGroup,
        fromBeginning: options.startFrom !== 'latest',
        sessionTimeoutMs: options.sessionTimeoutMs,
        rebalanceTimeoutMs,
        maxBytesPerPartition: fetchBytesPerPartition,
      },
      this,
    );
    this.#commits = new Commits({
      intervalMs: options.commitIntervalMs,
      group: this.#group,
      owned: () => this.#owned.values(),
      onError: (error) => options.onEvent({ type: 'commit-failed', error }),
    });
  }

  async start({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted();
    if (this.#closed !== undefined) throw new KafkaAdapterError('closed', 'the consumer is closed');
    const onAbort = () => void this.close();
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#started ??= new Promise((resolve, reject) => {
      this.#joined = resolve;
      this.#closing.signal.addEventListener('abort', () => {
        reject(new KafkaAdapterError('closed', 'the consumer was closed before it had joined'));
      });
      this.#commits.start();
      this.#fault = 'joining the group';
      this.#group.start();
    });
    try {
      await this.#started;
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  // What the group tells (MembershipListener).

  joined(memberId: string, partitions: number[]): void {
    // A new id: the membership had been lost, and others may have worked on everything meanwhile.
    if (memberId !== this.#memberId) this.#lose([...this.#owned.keys()]);
    this.#memberId = memberId;
    this.#fault = undefined;
    this.#lose([...this.#owned.keys()].filter((partition) => !partitions.includes(partition)));
    for (const { partition, tracker } of this.#owned.values()) {
      tracker?.unconfirm();
      // The client would read kept partitions again from the last commit.
      if (tracker !== undefined) this.#group.seek(partition, tracker.next);
    }
    const fresh = partitions.filter((partition) => !this.#owned.has(partition));
    if (this.#closing.signal.aborted) return;
    // Once the start positions are fixed, nothing that is sent later can be missed.
    void Promise.all(this.#own(fresh).map(({ positioned }) => positioned)).then(() => this.#joined?.());
  }

  beforeJoin(): void {
    void this.#commits.commit();
  }

  heartbeat(): void {
    this.#fence.seen(this.#options.clock.now());
    this.#workOn();
  }

  committed(offsets: readonly { partition: number; offset: number }[]): void {
    this.#commits.confirmed(offsets);
  }

  async records(partition: number, records: KafkaRecord[], highWatermark: number): Promise<boolean> {
    const owner = this.#owned.get(partition);
    if (owner === undefined) return false;
    // One that was fetched before the start was known may end before it: that is no reset.
    const isEarly = owner.tracker === undefined;
    await owner.positioned;
    if (owner.tracker === undefined || owner.isLost || this.#closing.signal.aborted) return false;
    const isBehind = (records.at(-1)?.offset ?? Infinity) < owner.tracker.next;
    if (!isEarly && isBehind && highWatermark < owner.tracker.next) this.#reset(owner, records[0]!.offset);
    const { tracker } = owner;
    for (const record of records) {
      if (!tracker.deliver(record.offset)) continue;
      const work: Work = { owner, tracker, record, bytes: recordBytes(record) };
      owner.records += 1;
      owner.bytes += work.bytes;
      if (owner.backlog === undefined) this.#lanes.add(laneOf(record), work);
      else owner.backlog.push(work);
    }
    this.#regulate(owner);
    this.#workOn();
    return true;
  }

  position(partition: number, nextOffset: number): void {
    this.#owned.get(partition)?.tracker?.passed(nextOffset);
  }

  interrupted(error: Error): void {
    this.#fault = error.message;
    this.#options.onEvent({ type: 'interrupted', error });
  }

  // Partitions come and go.

  #own(partitions: number[]): OwnedPartition[] {
    if (partitions.length === 0) return [];
    // A pause outlives the loss of a partition; without this it would stay silent for ever.
    this.#group.resume(partitions);
    const fresh = partitions.map((partition) => new OwnedPartition(partition));
    for (const owner of fresh) this.#owned.set(owner.partition, owner);
    this.#options.onEvent({ type: 'assigned', partitions });
    void this.#setUp(fresh);
    return fresh;
  }

  async #setUp(fresh: OwnedPartition[]): Promise<void> {
    await this.#setup.run(fresh);
    for (const owner of fresh) {
      const backlog = owner.backlog ?? [];
      owner.backlog = undefined;
      if (!owner.isLost) for (const work of backlog) this.#lanes.add(laneOf(work.record), work);
    }
    this.#workOn();
  }

  #lose(partitions: number[]): void {
    if (partitions.length === 0) return;
    const lost = new Set<OwnedPartition>();
    for (const partition of partitions) {
      const owner = this.#owned.get(partition)!;
      this.#owned.delete(partition);
      owner.lose();
      lost.add(owner);
    }
    this.#lanes.discard(({ owner }) => lost.has(owner));
    for (const { work, controller } of this.#inWork) {
      if (lost.has(work.owner)) controller.abort(work.owner.lost.signal.reason);
    }
    this.#options.onEvent({ type: 'lost', partitions });
  }

  /** The log ends before what was read from it: whatever comes now is new. */
  #reset(owner: OwnedPartition, foundOffset: number): void {
    const { partition } = owner;
    const expectedOffset = owner.tracker?.next ?? 0;
    owner.tracker = new OffsetTracker(foundOffset);
    this.#options.onEvent({ type: 'partition-reset', partition, expectedOffset, foundOffset });
  }

  // Work.

  #mayWork(): boolean {
    return !this.#closing.signal.aborted && this.#fence.isOpen(this.#options.clock.now());
  }

  #workOn(): void {
    if (!this.#mayWork()) return;
    this.#places.serve();
    while (this.#places.hasFree) {
      const next = this.#lanes.begin();
      if (next === undefined) return;
      void this.#work(next.name, next.item);
    }
  }

  async #work(lane: string, work: Work): Promise<void> {
    const controller = new AbortController();
    const entry: InWork = { work, controller, sinceMs: this.#options.clock.now(), isWaiting: false };
    const place: WorkPlace = {
      leave: () => {
        entry.isWaiting = true;
        this.#places.give();
        if (this.#closing.signal.aborted) controller.abort(this.#closing.signal.reason);
        this.#workOn();
      },
      comeBack: async () => {
        const back = this.#places.comeBack(controller.signal);
        this.#workOn();
        await back;
        entry.isWaiting = false;
      },
    };
    this.#inWork.add(entry);
    this.#places.take();
    try {
      await this.#attempts.complete(work.record, controller.signal, place);
      work.tracker.done(work.record.offset);
    } catch {
      // Aborted: not done, somebody will meet it again.
    } finally {
      this.#places.give();
      this.#inWork.delete(entry);
      work.owner.records -= 1;
      work.owner.bytes -= work.bytes;
      this.#lanes.finish(lane);
      this.#regulate(work.owner);
      this.#workOn();
      if (this.#inWork.size === 0) this.#drained?.();
    }
  }

  /** Pauses and resumes fetching. */
  #regulate(owner: OwnedPartition): void {
    if (owner.isLost || this.#closing.signal.aborted) return;
    const maxBytes = this.#options.maxBufferedBytes / Math.max(1, this.#owned.size);
    const pressure = owner.pressure({ maxRecords: this.#options.maxBufferedRecords, maxBytes });
    if (pressure === 'high' && !owner.isPaused) this.#group.pause([owner.partition]);
    else if (pressure === 'low' && owner.isPaused) this.#group.resume([owner.partition]);
    if (pressure !== 'between') owner.isPaused = pressure === 'high';
  }

  health(): ConsumerHealth {
    const reasons: string[] = [];
    const now = this.#options.clock.now();
    if (this.#closing.signal.aborted) reasons.push('closing');
    else if (this.#fault !== undefined) reasons.push(this.#fault);
    else if (!this.#fence.isOpen(now)) reasons.push('the consumer group does not answer');
    const unready = [...this.#owned.values()].filter(({ backlog }) => backlog !== undefined);
    if (unready.length > 0) {
      const list = unready.map(({ partition }) => partition).join(', ');
      reasons.push(
        `partitions ${list} are not ready yet${this.#setup.fault === undefined ? '' : `: ${this.#setup.fault}`}`,
      );
    }
    if (this.#attempts.failingSince !== undefined) reasons.push('dead letters cannot be written');
    return { ok: reasons.length === 0, reasons };
  }

  stats(): ConsumerStats {
    const owned = [...this.#owned.values()];
    const now = this.#options.clock.now();
    const inOwned = [...this.#inWork].filter(({ work }) => !work.owner.isLost).length;
    let oldest = now;
    for (const { sinceMs } of this.#inWork) oldest = Math.min(oldest, sinceMs);
    return {
      partitions: owned.map(({ partition }) => partition).toSorted((a, b) => a - b),
      inFlight: this.#inWork.size,
      waiting: owned.reduce((sum, { records }) => sum + records, 0) - inOwned,
      bufferedBytes: owned.reduce((sum, { bytes }) => sum + bytes, 0),
      oldestInFlightMs: now - oldest,
      largestGap: Math.max(0, ...owned.map(({ tracker }) => tracker?.gap ?? 0)),
    };
  }

  // The end.

  close({ deadlineMs = closeDeadlineMs }: { deadlineMs?: number } = {}): Promise<void> {
    this.#closed ??= this.#end(deadlineMs);
    return this.#closed;
  }

  async #end(deadlineMs: number): Promise<void> {
    this.#closing.abort(new KafkaAdapterError('closed', 'the consumer is closed'));
    this.#group.pause([...this.#owned.keys()]);
    this.#lanes.discard(() => true);
    // A batch that waits for its partition's start is let go.
    for (const owner of this.#owned.values()) if (owner.tracker === undefined) owner.lose();
    // Nobody begins another try.
    for (const { isWaiting, controller } of this.#inWork) {
      if (isWaiting) controller.abort(this.#closing.signal.reason);
    }
    if (!(await settlesWithin(this.#allDone(), deadlineMs))) {
      for (const { controller } of this.#inWork) controller.abort(this.#closing.signal.reason);
      await settlesWithin(this.#allDone(), abortedWithinMs);
    }
    this.#commits.stop();
    await settlesWithin(this.#commitAll(), lastCommitWithinMs);
    await this.#group.close();
    for (const owner of this.#owned.values()) owner.lose();
    this.#owned.clear();
    await Promise.all([this.#attempts.close(), this.#admin.close()]);
  }

  /** A commit under way knows nothing of what was done since, and one may fail: until the broker has it all. */
  async #commitAll(): Promise<void> {
    for (let tries = 0; tries < lastCommitTries && !this.#commits.isClean; tries += 1) {
      if (tries > 1) await delay(lastCommitDelayMs);
      await this.#commits.commit();
    }
  }

  #allDone(): Promise<void> {
    if (this.#inWork.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** One lane per key and partition; a record without a key has one of its own. */
const laneOf = ({ partition, offset, key }: KafkaRecord): string =>
  key === null ? `${partition}#${offset}` : `${partition}:${key.toString('latin1')}`;
