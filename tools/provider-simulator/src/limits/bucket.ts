import type { Meter, Reading } from './meter.js';

/** Token bucket: holds `burst`, refills evenly with `count` per window, starts full. */
export class Bucket implements Meter {
  readonly #count: number;
  readonly #burst: number;
  readonly #perMs: number;
  #level: number;
  #at: number;

  constructor(count: number, windowMs: number, burst: number, now: number) {
    this.#count = count;
    this.#burst = burst;
    this.#perMs = count / windowMs;
    this.#level = burst;
    this.#at = now;
  }

  #refill(now: number): void {
    if (now <= this.#at) return;
    this.#level = Math.min(this.#burst, this.#level + (now - this.#at) * this.#perMs);
    this.#at = now;
  }

  waitMs(amount: number, now: number): number {
    this.#refill(now);
    if (amount > this.#burst) return Infinity;
    // Refilling adds up in floating point: a billionth short is full.
    const short = amount - this.#level;
    return short <= 1e-9 ? 0 : short / this.#perMs;
  }

  take(amount: number, now: number): void {
    this.#refill(now);
    this.#level = Math.min(this.#burst, this.#level - amount);
  }

  read(now: number): Reading {
    this.#refill(now);
    return {
      limit: this.#count,
      remaining: Math.max(0, Math.floor(this.#level + 1e-9)),
      resetMs: (this.#burst - this.#level) / this.#perMs,
    };
  }
}
