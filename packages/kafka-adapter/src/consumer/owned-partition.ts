import type { KafkaRecord } from '../client/record.js';
import { bitmapReach } from './done-bitmap.js';
import type { OffsetTracker } from './offset-tracker.js';

/** A record that was fetched and is not done. */
export interface Work {
  readonly owner: OwnedPartition;
  /** The tracker of the time when it was fetched; after a reset the owner has another one. */
  readonly tracker: OffsetTracker;
  readonly record: KafkaRecord;
  readonly bytes: number;
}

export interface BufferLimits {
  maxRecords: number;
  maxBytes: number;
}

/** Fetching stops before the done offsets outgrow what a commit can note. */
const maxGap = bitmapReach - 4_000;

/** A partition from its assignment until it is lost. Pure bookkeeping. */
export class OwnedPartition {
  readonly partition: number;
  /** Resolves when `tracker` is there, or the partition is lost. */
  readonly positioned: Promise<void>;
  /** Aborted when the partition is lost. */
  readonly lost = new AbortController();
  tracker: OffsetTracker | undefined;
  /** Fetched while `prepare` still ran; `undefined` once work may begin. */
  backlog: Work[] | undefined = [];
  isPaused = false;
  records = 0;
  bytes = 0;
  #setPositioned!: () => void;

  constructor(partition: number) {
    this.partition = partition;
    this.positioned = new Promise((resolve) => {
      this.#setPositioned = resolve;
    });
  }

  get isLost(): boolean {
    return this.lost.signal.aborted;
  }

  position(tracker: OffsetTracker): void {
    this.tracker = tracker;
    this.#setPositioned();
  }

  lose(): void {
    this.lost.abort(new Error(`partition ${this.partition} now belongs to another member`));
    this.#setPositioned();
  }

  /** Whether fetching must pause, may go on, or may stay as it is. */
  pressure({ maxRecords, maxBytes }: BufferLimits): 'high' | 'low' | 'between' {
    const gap = this.tracker?.gap ?? 0;
    if (this.records >= maxRecords || this.bytes >= maxBytes || gap >= maxGap) return 'high';
    return this.records <= maxRecords / 2 && this.bytes <= maxBytes / 2 && gap < maxGap / 2
      ? 'low'
      : 'between';
  }
}
