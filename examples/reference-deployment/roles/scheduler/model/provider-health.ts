/** The provider answers, or it fails since a moment, lately with this. */
export type ProviderState =
  { readonly state: 'ok' } | { readonly state: 'failing'; readonly since: string; readonly code: string };

/** Calls in a row that have to fail before the provider is said to. */
const FAILURES = 5;

/**
 * Whether the provider as a whole answers. A refused key or a full quota is not the provider failing; several
 * calls in a row that it did not answer are, until one succeeds.
 */
export class ProviderHealth {
  readonly #now: () => number;
  #failures = 0;
  #since = 0;
  #code = '';

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param outcome what came of a call; `unavailable` counts against the provider, `succeeded` for it */
  saw(outcome: string): void {
    if (outcome === 'succeeded') this.#failures = 0;
    if (outcome !== 'unavailable') return;
    if (this.#failures === 0) this.#since = this.#now();
    this.#failures += 1;
    this.#code = outcome;
  }

  state(): ProviderState {
    if (this.#failures < FAILURES) return { state: 'ok' };
    return { state: 'failing', since: new Date(this.#since).toISOString(), code: this.#code };
  }
}
