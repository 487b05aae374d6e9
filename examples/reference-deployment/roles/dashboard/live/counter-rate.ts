/** Growth per second of a counter that somebody else keeps, over a short window; a restart to a lower value begins anew. */
export class CounterRate {
  readonly #windowMs: number;
  #samples: { at: number; value: number }[] = [];

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  sample(at: number, value: number): void {
    const last = this.#samples.at(-1);
    if (last && value < last.value) this.#samples = [];
    this.#samples.push({ at, value });
    while ((this.#samples[1]?.at ?? at) <= at - this.#windowMs) this.#samples.shift();
  }

  /** What was read before is too old to build on. */
  forget(): void {
    this.#samples = [];
  }

  perSecond(): number | null {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at === first.at) return null;
    return ((last.value - first.value) * 1_000) / (last.at - first.at);
  }
}
