import type { Counter } from './counter.js';

/** A bucket that holds one unit cannot hide jitter; this share of an interval is given up for it. */
const tightMarginShare = 0.02;

/**
 * The provider's token bucket, watched from the sender's side.
 *
 * Kept as a theoretical arrival time (GCRA, ITU-T I.371): the moment at which the provider's bucket is full
 * again if nothing else is sent. Two additions make it exact in the presence of delay on the way:
 * - each call is reckoned to arrive `marginMs` after it was sent, so the bucket is never believed fuller
 *   than it is. While the bucket stays below full this costs nothing: the margin is paid once per busy spell;
 * - a bucket known to be full lets `burst` through at once, however late they arrive.
 */
export class Bucket implements Counter {
  #intervalMs: number;
  #burst: number;
  #marginCapMs: number;
  #fullAt = -Infinity;
  /** Units taken since the bucket was last known to be full. */
  #sinceFull = 0;

  constructor(amount: number, periodMs: number, burst: number) {
    this.#intervalMs = periodMs / amount;
    this.#burst = burst;
    this.#marginCapMs = marginCap(this.#intervalMs, burst);
  }

  freeAt(amount: number, now: number): number {
    if (now >= this.#fullAt || this.#sinceFull + amount <= this.#burst) return now;
    // More than the bucket holds goes out when it is full, and leaves a debt.
    return this.#fullAt - Math.max(0, this.#burst - amount) * this.#intervalMs;
  }

  take(amount: number, now: number, marginMs: number): number {
    if (now >= this.#fullAt) this.#sinceFull = 0;
    this.#sinceFull += amount;
    const arrival = now + Math.min(marginMs, this.#marginCapMs);
    this.#fullAt = Math.max(this.#fullAt, arrival) + amount * this.#intervalMs;
    return 0;
  }

  arriveBy(amount: number, latest: number): void {
    this.#fullAt = Math.max(this.#fullAt, latest + amount * this.#intervalMs);
  }

  give(amount: number): void {
    this.#fullAt -= amount * this.#intervalMs;
    this.#sinceFull = Math.max(0, this.#sinceFull - amount);
  }

  remaining(now: number): number {
    const room = this.#burst - Math.max(0, this.#fullAt - now) / this.#intervalMs;
    const sure = now >= this.#fullAt ? this.#burst : Math.max(room, this.#burst - this.#sinceFull);
    return Math.max(0, Math.floor(sure + 1e-9));
  }

  /** Other numbers, same history: the part that is missing from the bucket stays missing. */
  retune(amount: number, periodMs: number, burst: number, now: number): void {
    const missing = Math.max(0, this.#fullAt - now) / this.#intervalMs;
    this.#intervalMs = periodMs / amount;
    this.#burst = burst;
    this.#marginCapMs = marginCap(this.#intervalMs, burst);
    this.#fullAt = now + missing * this.#intervalMs;
  }
}

function marginCap(intervalMs: number, burst: number): number {
  return Math.max((burst - 1) * intervalMs, tightMarginShare * intervalMs);
}
