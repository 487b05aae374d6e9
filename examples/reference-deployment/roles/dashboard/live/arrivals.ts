/** Without a task for this long, none are arriving. */
const PAUSE_MS = 30_000;

/** Since when tasks have been arriving without a pause. */
export class Arrivals {
  #since: number | null = null;
  #last = 0;

  arrived(now: number): void {
    if (this.since(now) === null) this.#since = now;
    this.#last = Math.max(this.#last, now);
  }

  since(now: number): number | null {
    return this.#since !== null && now - this.#last <= PAUSE_MS ? this.#since : null;
  }
}
