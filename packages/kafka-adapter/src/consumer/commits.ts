import type { OffsetToCommit } from '../client/group-client.js';
import type { GroupMembership } from '../client/group-membership.js';
import type { OwnedPartition } from './owned-partition.js';
import type { OffsetTracker } from './offset-tracker.js';

interface SentCommit {
  tracker: OffsetTracker;
  base: number;
  changes: number;
}

export interface CommitsOptions {
  intervalMs: number;
  group: GroupMembership;
  /** The partitions that are owned at this moment; of no other may anything be committed. */
  owned: () => Iterable<OwnedPartition>;
  onError: (error: unknown) => void;
}

/** Commits what has changed, at intervals, one request at a time, and believes only the broker's word for it. */
export class Commits {
  readonly #options: CommitsOptions;
  readonly #sent = new Map<number, SentCommit>();
  #underWay: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CommitsOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.commit(), this.#options.intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  get isClean(): boolean {
    for (const { tracker } of this.#options.owned()) if (tracker?.isDirty === true) return false;
    return true;
  }

  /** Sends a commit now, unless one is under way; resolves when that one has been answered. Never rejects. */
  commit(): Promise<void> {
    this.#underWay ??= this.#send().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #send(): Promise<void> {
    const offsets: OffsetToCommit[] = [];
    this.#sent.clear();
    for (const { partition, tracker } of this.#options.owned()) {
      if (tracker?.isDirty !== true) continue;
      const { base, metadata } = tracker.progress();
      this.#sent.set(partition, { tracker, base, changes: tracker.changes });
      offsets.push({ partition, offset: base, metadata });
    }
    if (offsets.length === 0) return;
    try {
      await this.#options.group.commit(offsets);
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** The broker has these offsets. */
  confirmed(offsets: readonly { partition: number; offset: number }[]): void {
    for (const { partition, offset } of offsets) {
      const sent = this.#sent.get(partition);
      if (sent?.base === offset) sent.tracker.confirm(sent.changes);
    }
  }
}
