import { decodeDone, encodeDone } from './done-bitmap.js';

/** What a commit of a partition says. */
export interface Progress {
  /** Everything below is done: the offset to commit. */
  base: number;
  /** The done offsets above, as text. */
  metadata: string;
}

/**
 * What has been delivered and what is done in one partition, for as long as it is owned without a break. Offsets may
 * have gaps (transaction markers, compaction), so nothing is assumed about the next one. Pure.
 */
export class OffsetTracker {
  /** Delivered and perhaps not done, in order, from `#head` on. */
  #delivered: number[] = [];
  #head = 0;
  readonly #done = new Set<number>();
  #restored: Set<number>;
  #next: number;
  #changes = 0;
  #confirmed = 0;

  /**
   * @param start the offset to begin at: the committed one, or where a new consumer group begins
   * @param metadata of the commit that `start` is from
   */
  constructor(start: number, metadata?: string) {
    this.#next = start;
    this.#restored = decodeDone(start, metadata);
  }

  /** The offset up to which everything is done. */
  get base(): number {
    return this.#delivered[this.#head] ?? this.#next;
  }

  /** The first offset that has not been delivered: where to read on. */
  get next(): number {
    return this.#next;
  }

  /** Delivered and not done. */
  get pending(): number {
    return this.#delivered.length - this.#head - this.#done.size;
  }

  /** How far delivery is ahead of `base`. */
  get gap(): number {
    return this.#next - this.base;
  }

  /** Whether there is something to commit. */
  get isDirty(): boolean {
    return this.#changes !== this.#confirmed;
  }

  /** A number that goes up with each change; hand it to `confirm` once the broker has the progress of that moment. */
  get changes(): number {
    return this.#changes;
  }

  /** Whether a record is to be worked on; `false` for one that came before or was done in an earlier life. */
  deliver(offset: number): boolean {
    if (offset < this.#next) return false;
    this.#next = offset + 1;
    this.#delivered.push(offset);
    if (!this.#restored.delete(offset)) return true;
    this.done(offset);
    return false;
  }

  /** Nothing (more) comes below this offset; also where no record stood. */
  passed(next: number): void {
    if (next <= this.#next) return;
    this.#next = next;
    if (this.#head === this.#delivered.length) this.#changes += 1;
  }

  /** The record's effect is durable. */
  done(offset: number): void {
    this.#done.add(offset);
    while (this.#head < this.#delivered.length && this.#done.delete(this.#delivered[this.#head]!))
      this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#delivered.length) {
      this.#delivered = this.#delivered.slice(this.#head);
      this.#head = 0;
    }
    this.#changes += 1;
  }

  /** Makes the start itself something to commit. */
  touch(): void {
    this.#changes += 1;
  }

  progress(): Progress {
    const { base } = this;
    // What an earlier life had done and this one has not met again yet stays noted.
    const done = [...this.#done, ...this.#restored];
    return { base, metadata: encodeDone(base, done) };
  }

  confirm(changes: number): void {
    this.#confirmed = Math.max(this.#confirmed, changes);
  }

  /** Forgets what was confirmed: after a join only a new confirmation counts. */
  unconfirm(): void {
    this.#confirmed = -1;
  }
}
