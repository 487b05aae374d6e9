/** Steps remembered: enough to even out when exactly each was seen. */
const MAX_STEPS = 6;
/** A counter that has not moved for this long stands still. */
const STILL_MS = 25_000;

/** Growth per second of a counter that is only brought up to date now and then, such as Flink's over REST. */
export class SteppedRate {
  #steps: { readonly at: number; readonly value: number }[] = [];

  sample(at: number, value: number): void {
    const last = this.#steps.at(-1);
    if (last?.value === value) return;
    if (last && value < last.value) this.forget();
    this.#steps = [...this.#steps, { at, value }].slice(-MAX_STEPS);
  }

  /** What was read before is too old to build on. */
  forget(): void {
    this.#steps = [];
  }

  /** `null` until two steps have been seen, or the counter has been seen to stand still. */
  perSecond(now: number): number | null {
    const first = this.#steps[0];
    const last = this.#steps.at(-1);
    if (!first || !last) return null;
    if (now - last.at > STILL_MS) return 0;
    return last.at === first.at ? null : ((last.value - first.value) * 1_000) / (last.at - first.at);
  }
}
