/** How many things happened per second lately, from one count for each second. */
export class RateWindow {
  readonly #counts = new Map<number, number>();
  readonly #seconds: number;
  #startedAt: number | null = null;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** From now on silence means zero. */
  begin(at: number): void {
    this.#startedAt ??= at;
  }

  add(at: number, count = 1): void {
    const second = Math.floor(at / 1_000);
    this.#counts.set(second, (this.#counts.get(second) ?? 0) + count);
    for (const old of this.#counts.keys()) if (old < second - this.#seconds) this.#counts.delete(old);
  }

  /** Things in the last whole seconds of the window. */
  count(now: number): number {
    const current = Math.floor(now / 1_000);
    let sum = 0;
    for (const [second, count] of this.#counts)
      if (second < current && second >= current - this.#seconds) sum += count;
    return sum;
  }

  /** Per second over the window, or over the time since `begin` while that is shorter; `null` before the first second. */
  perSecond(now: number): number | null {
    if (this.#startedAt === null) return null;
    const seconds = Math.min(this.#seconds, Math.floor(now / 1_000) - Math.floor(this.#startedAt / 1_000));
    return seconds < 1 ? null : this.count(now) / seconds;
  }
}
