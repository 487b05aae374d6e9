/**
 * How many may work at once. Whoever waits for a next try leaves its place to others and stands in line for one when
 * the wait is over; those go before new work.
 */
export class WorkPlaces {
  readonly #size: number;
  readonly #returning = new Set<() => void>();
  #taken = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get hasFree(): boolean {
    return this.#taken < this.#size;
  }

  take(): void {
    this.#taken += 1;
  }

  give(): void {
    this.#taken -= 1;
  }

  /** Resolves when the place is taken again; at once, whatever the number, when the signal is aborted. */
  comeBack(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const enter = () => {
        this.#returning.delete(enter);
        signal.removeEventListener('abort', enter);
        this.#taken += 1;
        resolve();
      };
      if (signal.aborted) return enter();
      this.#returning.add(enter);
      signal.addEventListener('abort', enter, { once: true });
    });
  }

  /** Lets those back in for whom there is room now. */
  serve(): void {
    for (const enter of this.#returning) {
      if (!this.hasFree) return;
      enter();
    }
  }
}
