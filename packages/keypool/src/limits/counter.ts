/**
 * One bound, counted. All times are epoch milliseconds handed in by the caller.
 *
 * Budget only grows with time, so whatever is free now stays free until the next `take`.
 */
export interface Counter {
  /** Earliest time at which `amount` may be sent: at most `now` when it may go at once. */
  freeAt(amount: number, now: number): number;
  /**
   * Counts `amount` as sent now. The provider sees it up to `marginMs` later than that. Returns a mark for
   * `give`.
   */
  take(amount: number, now: number, marginMs: number): number;
  /** Calls sent since `sentAt`, of `amount` in all, turn out to be counted as late as `latest`. */
  arriveBy?(amount: number, latest: number, sentAt: number): void;
  /** Puts back what was taken under `mark` but not used. A negative amount takes more, too late to refuse it. */
  give(amount: number, mark: number, now: number): void;
  /** What may be sent at once now, whole units. */
  remaining(now: number): number;
}
