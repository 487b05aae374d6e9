import type { Counter } from './counter.js';

/** An amount per calendar day of a time zone; a new day starts with all of it. */
export class Day implements Counter {
  #limit: number;
  readonly #timeZone: string;
  #used = 0;
  #endsAt = -Infinity;
  #day = 0;

  constructor(amount: number, timeZone: string) {
    this.#limit = amount;
    this.#timeZone = timeZone;
  }

  freeAt(amount: number, now: number): number {
    this.#turn(now);
    return this.#used + Math.min(amount, this.#limit) <= this.#limit ? now : this.#endsAt;
  }

  take(amount: number, now: number): number {
    this.#turn(now);
    this.#used += amount;
    return this.#day;
  }

  give(amount: number, mark: number, now: number): void {
    this.#turn(now);
    if (mark === this.#day) this.#used = Math.max(0, this.#used - amount);
  }

  remaining(now: number): number {
    this.#turn(now);
    return Math.max(0, Math.floor(this.#limit - this.#used));
  }

  retune(amount: number): void {
    this.#limit = amount;
  }

  #turn(now: number): void {
    if (now < this.#endsAt) return;
    this.#endsAt = nextMidnight(this.#timeZone, now);
    this.#used = 0;
    this.#day += 1;
  }
}

const hourMs = 3_600_000;

/** The first moment after `now` (epoch milliseconds) at which another date begins in the time zone. */
export function nextMidnight(timeZone: string, now: number): number {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const today = format.format(now);
  // Days are 23 to 25 hours long where clocks change, so the boundary is searched for, not reckoned.
  let before = now;
  let after = now + hourMs;
  while (format.format(after) === today) {
    before = after;
    after += hourMs;
  }
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (format.format(middle) === today) before = middle;
    else after = middle;
  }
  return Math.ceil(after);
}
