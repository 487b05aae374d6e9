import type { Counter } from './counter.js';

/** Beyond this many entries, calls sent close together share one, at a loss of at most 1/1024 of the window. */
const exactEntries = 1024;

/**
 * At most `amount` in any window of `periodMs`, wherever the window starts: exact for sliding windows, and
 * safe for fixed ones whose start is unknown. A log of what was sent, oldest first; empty costs nothing.
 */
export class SlidingWindow implements Counter {
  #limit: number;
  readonly periodMs: number;
  readonly #marginCapMs: number;
  #used = 0;
  // A ring: entry number n sits at n & (capacity - 1), from #oldest up to #next.
  #leavesAt: number[] = [];
  #amounts: number[] = [];
  #oldest = 0;
  #next = 0;
  /** Calls that would leave before this may share the newest entry. */
  #sharedUntil = -Infinity;

  /** @param marginShare No more than this share of the window is given up for delay on the way. */
  constructor(amount: number, periodMs: number, marginShare = 0.2) {
    this.#limit = amount;
    this.periodMs = periodMs;
    this.#marginCapMs = marginShare * periodMs;
  }

  freeAt(amount: number, now: number): number {
    this.#forget(now);
    let excess = this.#used + Math.min(amount, this.#limit) - this.#limit;
    if (excess <= 0) return now;
    const mask = this.#amounts.length - 1;
    let entry = this.#oldest;
    for (; entry < this.#next - 1; entry += 1) {
      excess -= this.#amounts[entry & mask]!;
      if (excess <= 0) break;
    }
    return this.#leavesAt[entry & mask]!;
  }

  take(amount: number, now: number, marginMs: number): number {
    this.#forget(now);
    this.#used += amount;
    const leavesAt = now + this.periodMs + Math.min(marginMs, this.#marginCapMs);
    const newest = this.#next - 1;
    const mask = this.#amounts.length - 1;
    const last = this.#next > this.#oldest ? this.#leavesAt[newest & mask]! : -Infinity;
    if (this.#next - this.#oldest >= exactEntries && leavesAt < this.#sharedUntil) {
      // The whole entry leaves with the latest call in it: late is safe, early is not.
      this.#leavesAt[newest & mask] = Math.max(last, leavesAt);
      this.#amounts[newest & mask]! += amount;
      return newest;
    }
    this.#sharedUntil = leavesAt + this.periodMs / exactEntries;
    if (this.#next - this.#oldest === this.#amounts.length) this.#grow();
    const at = this.#next & (this.#amounts.length - 1);
    // A long margin followed by a short one must not upset the order.
    this.#leavesAt[at] = Math.max(last, leavesAt);
    this.#amounts[at] = amount;
    this.#next += 1;
    return this.#next - 1;
  }

  arriveBy(_amount: number, latest: number, sentAt: number): void {
    const leavesAt = Math.min(latest, sentAt + this.#marginCapMs) + this.periodMs;
    const mask = this.#amounts.length - 1;
    for (let entry = this.#next - 1; entry >= this.#oldest; entry -= 1) {
      const at = entry & mask;
      if (this.#leavesAt[at]! < sentAt + this.periodMs) break;
      this.#leavesAt[at] = Math.max(this.#leavesAt[at]!, leavesAt);
    }
  }

  give(amount: number, mark: number): void {
    if (mark < this.#oldest) return;
    const at = mark & (this.#amounts.length - 1);
    const given = Math.min(amount, this.#amounts[at]!);
    this.#amounts[at]! -= given;
    this.#used -= given;
  }

  remaining(now: number): number {
    this.#forget(now);
    return Math.max(0, Math.floor(this.#limit - this.#used + 1e-9));
  }

  retune(amount: number): void {
    this.#limit = amount;
  }

  #forget(now: number): void {
    const mask = this.#amounts.length - 1;
    while (this.#oldest < this.#next && this.#leavesAt[this.#oldest & mask]! <= now) {
      this.#used -= this.#amounts[this.#oldest & mask]!;
      this.#oldest += 1;
    }
    if (this.#oldest === this.#next) this.#used = 0;
  }

  #grow(): void {
    const before = this.#amounts.length;
    const capacity = Math.max(4, before * 2);
    const leavesAt = new Array<number>(capacity).fill(0);
    const amounts = new Array<number>(capacity).fill(0);
    for (let entry = this.#oldest; entry < this.#next; entry += 1) {
      leavesAt[entry & (capacity - 1)] = this.#leavesAt[entry & (before - 1)]!;
      amounts[entry & (capacity - 1)] = this.#amounts[entry & (before - 1)]!;
    }
    this.#leavesAt = leavesAt;
    this.#amounts = amounts;
  }
}
