import type { Meter, Reading } from './meter.js';

/** Counts from zero in each window of wall-clock time, as a "per minute" counter does. */
export class FixedWindow implements Meter {
  readonly #count: number;
  readonly #windowMs: number;
  #window = -1;
  #used = 0;

  constructor(count: number, windowMs: number) {
    this.#count = count;
    this.#windowMs = windowMs;
  }

  #roll(now: number): void {
    const window = Math.floor(now / this.#windowMs);
    if (window === this.#window) return;
    this.#window = window;
    this.#used = 0;
  }

  #untilNext(now: number): number {
    return (this.#window + 1) * this.#windowMs - now;
  }

  waitMs(amount: number, now: number): number {
    this.#roll(now);
    if (amount > this.#count) return Infinity;
    return this.#used + amount <= this.#count ? 0 : this.#untilNext(now);
  }

  take(amount: number, now: number): void {
    this.#roll(now);
    this.#used = Math.max(0, this.#used + amount);
  }

  read(now: number): Reading {
    this.#roll(now);
    return {
      limit: this.#count,
      remaining: Math.max(0, Math.floor(this.#count - this.#used)),
      resetMs: this.#untilNext(now),
    };
  }
}
