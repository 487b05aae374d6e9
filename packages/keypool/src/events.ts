import type { Attempt } from './outcome/outcome.js';

/** Times are epoch milliseconds; `reason` is short and free of secrets. */
export interface KeyEvent {
  readonly keyId: string;
  readonly quotaGroup: string;
  readonly reason?: string | undefined;
  /** When the pool will try it again by itself. */
  readonly until?: number | undefined;
}

export interface QuotaGroupEvent {
  readonly quotaGroup: string;
  readonly reason?: string | undefined;
  readonly until?: number | undefined;
}

export interface EndpointEvent {
  /** Undefined when neither the pool nor the provider's profile names one. */
  readonly baseUrl: string | undefined;
  readonly reason?: string | undefined;
  readonly until?: number | undefined;
}

/** Every event of a pool, emitted once per change. */
export interface KeyPoolEvents {
  'key-added': [KeyEvent];
  'key-updated': [KeyEvent];
  /** No new calls; `key-removed` follows when the last one has ended. */
  'key-draining': [KeyEvent];
  'key-removed': [KeyEvent];
  'key-disabled': [KeyEvent];
  'key-enabled': [KeyEvent];
  /** The provider refused the credential. */
  'key-quarantined': [KeyEvent];
  /** A quarantined key works again. */
  'key-restored': [KeyEvent];
  'group-cooling': [QuotaGroupEvent];
  'group-exhausted': [QuotaGroupEvent];
  'group-ready': [QuotaGroupEvent];
  'endpoint-failing': [EndpointEvent];
  'endpoint-ready': [EndpointEvent];
  /** One try of one call has ended. */
  attempt: [Attempt];
  /** A call got its key after so long. */
  admitted: [{ readonly waitMs: number }];
  /** A call was turned away: the code of its `KeyPoolError`. */
  refused: [{ readonly code: string }];
}
