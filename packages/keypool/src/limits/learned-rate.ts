import type { Counter } from './counter.js';

/** How far back the rate that went through is measured. */
const memoryMs = 60_000;
/** A refusal brings the pace to this share of what went through. */
const decrease = 0.9;
/** Per success: slowly near the pace that was refused, quickly beyond it. */
const creep = 0.0005;
const climb = 0.02;
/** Beyond this multiple of the refused pace the ceiling is taken to have moved. */
const ceilingMoved = 1.1;

/**
 * The pace of a quota group whose limits nobody told: free until the first refusal, then additive increase
 * and multiplicative decrease (Chiu and Jain, 1989) around what went through.
 */
export class LearnedRate implements Counter {
  #intervalMs = 0;
  #fullAt = -Infinity;
  #refusedRate = Infinity;
  #binding = false;
  // Successes counted in twelve slices of the memory.
  readonly #slices = new Float64Array(12);
  #slice = 0;
  #firstAt = -1;
  #lastRefusalAt = -Infinity;

  freeAt(_amount: number, now: number): number {
    if (now < this.#fullAt) this.#binding = true;
    return Math.max(now, this.#fullAt);
  }

  take(amount: number, now: number, marginMs: number): number {
    if (this.#intervalMs > 0) {
      this.#fullAt =
        Math.max(this.#fullAt, now + Math.min(marginMs, 0.02 * this.#intervalMs)) + amount * this.#intervalMs;
    }
    return 0;
  }

  give(): void {
    // A request that was sent was counted by the provider, whatever became of it.
  }

  remaining(now: number): number {
    return this.#intervalMs === 0 ? Infinity : now >= this.#fullAt ? 1 : 0;
  }

  /** Calls a second; Infinity while nothing was refused. */
  get perSecond(): number {
    return this.#intervalMs === 0 ? Infinity : 1000 / this.#intervalMs;
  }

  /** The provider answered a call. */
  succeeded(now: number): void {
    this.#advance(now);
    this.#slices[this.#slice % this.#slices.length]! += 1;
    if (this.#firstAt < 0) this.#firstAt = now;
    if (this.#intervalMs === 0 || !this.#binding) return;
    this.#binding = false;
    const rate = 1000 / this.#intervalMs;
    const growth = rate > this.#refusedRate * ceilingMoved ? climb : creep;
    this.#intervalMs /= 1 + growth;
  }

  /** The provider refused a call that was sent after the last refusal. */
  refused(now: number): void {
    this.#advance(now);
    const since = this.#firstAt < 0 ? now : this.#firstAt;
    const spanMs = Math.max(1000, Math.min(memoryMs, now - since));
    const through = this.#slices.reduce((sum, slice) => sum + slice, 0);
    const measured = (Math.max(1, through) * 1000) / spanMs;
    const rate = Math.min(measured, this.perSecond);
    this.#refusedRate = rate;
    this.#intervalMs = 1000 / (rate * decrease);
    this.#fullAt = Math.max(this.#fullAt, now + this.#intervalMs);
    this.#lastRefusalAt = now;
  }

  /** Whether a call sent at `sentAt` says something that the last refusal did not. */
  isNews(sentAt: number): boolean {
    return sentAt > this.#lastRefusalAt;
  }

  #advance(now: number): void {
    const slice = Math.floor(now / (memoryMs / this.#slices.length));
    const passed = Math.min(this.#slices.length, slice - this.#slice);
    for (let step = 1; step <= passed; step += 1)
      this.#slices[(slice - passed + step) % this.#slices.length] = 0;
    this.#slice = slice;
  }
}
