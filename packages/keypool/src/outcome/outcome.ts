/**
 * What an answer meant, by whom it blames:
 *
 * - `ok`: nobody.
 * - `rate-limited`: the quota group; it cools down.
 * - `exhausted`: the quota group; no money, or the day's quota is gone.
 * - `bad-key`: the key; it is quarantined.
 * - `unavailable`: the endpoint: overloaded, failing, or not reached.
 * - `rejected`: the request itself; another key cannot help.
 * - `aborted`: nobody; the caller's signal or our own deadline ended the call.
 * - `unclassified`: nobody; an error that says nothing about the provider.
 */
export type OutcomeKind =
  'ok' | 'rate-limited' | 'exhausted' | 'bad-key' | 'unavailable' | 'rejected' | 'aborted' | 'unclassified';

export interface Outcome {
  readonly kind: OutcomeKind;
  /** How long the provider asks to be left alone, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Short and free of secrets: a status, a code of the provider. Shown in snapshots and events. */
  readonly reason?: string | undefined;
  /** `exhausted` only: when it ends (epoch milliseconds), if the provider says so. */
  readonly until?: number | undefined;
}

/** One try of one call. */
export interface Attempt {
  readonly keyId: string;
  readonly quotaGroup: string;
  readonly outcome: OutcomeKind;
  readonly reason?: string | undefined;
  /** Epoch milliseconds at which the call got its key. */
  readonly startedAt: number;
  /** Milliseconds from then to the answer. */
  readonly ms: number;
}

export const ok: Outcome = { kind: 'ok' };
