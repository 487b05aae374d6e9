import type { Meter, Reading } from './meter.js';

/** Never more than `count` in any span of `windowMs`: an exact log of what was spent when. */
export class SlidingWindow implements Meter {
  readonly #count: number;
  readonly #windowMs: number;
  readonly #spent: { at: number; amount: number }[] = [];
  #used = 0;

  constructor(count: number, windowMs: number) {
    this.#count = count;
    this.#windowMs = windowMs;
  }

  #forget(now: number): void {
    let gone = 0;
    for (const entry of this.#spent) {
      if (entry.at > now - this.#windowMs) break;
      this.#used -= entry.amount;
      gone += 1;
    }
    this.#spent.splice(0, gone);
  }

  waitMs(amount: number, now: number): number {
    this.#forget(now);
    if (amount > this.#count) return Infinity;
    let short = this.#used + amount - this.#count;
    if (short <= 0) return 0;
    for (const entry of this.#spent) {
      short -= entry.amount;
      if (short <= 0) return entry.at + this.#windowMs - now;
    }
    return this.#windowMs;
  }

  take(amount: number, now: number): void {
    this.#forget(now);
    this.#spent.push({ at: now, amount });
    this.#used += amount;
  }

  read(now: number): Reading {
    this.#forget(now);
    const newest = this.#spent.at(-1);
    return {
      limit: this.#count,
      remaining: Math.max(0, Math.floor(this.#count - this.#used)),
      resetMs: newest ? newest.at + this.#windowMs - now : 0,
    };
  }
}
