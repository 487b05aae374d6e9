import type { Attempt } from './outcome/outcome.js';

/** Why the pool gave up. Stable: programs may branch on it. */
export type KeyPoolErrorCode =
  /** The call cannot start before its deadline; `earliestStart` says when it could. */
  | 'deadline_unreachable'
  /** `admission.maxWaiting` calls are waiting already. */
  | 'queue_full'
  /** No key is usable: none there, or all quarantined, disabled or out of money. */
  | 'no_usable_key'
  /** The endpoint failed `maxAttempts` times for this one call. */
  | 'attempts_exhausted'
  /** The pool was closed. */
  | 'closed'
  /** The caller's signal fired; `cause` is its reason. */
  | 'aborted'
  /** An option, key, limit or call option is wrong; the message names it. */
  | 'invalid_options';

export interface KeyPoolErrorDetails {
  readonly cause?: unknown;
  /** Epoch milliseconds. */
  readonly earliestStart?: number | undefined;
  readonly attempts?: readonly Attempt[] | undefined;
}

const marker = Symbol.for('@riskwatch/keypool.KeyPoolError');

const retryable: Readonly<Record<KeyPoolErrorCode, boolean>> = {
  deadline_unreachable: true,
  queue_full: true,
  no_usable_key: true,
  attempts_exhausted: true,
  closed: false,
  aborted: false,
  invalid_options: false,
};

/** The only error class the pool itself throws. It never carries a secret. */
export class KeyPoolError extends Error {
  override readonly name = 'KeyPoolError';
  readonly code: KeyPoolErrorCode;
  /** Whether the same call may succeed when it is made again later. */
  readonly isRetryable: boolean;
  /** Earliest moment (epoch milliseconds) at which a key can be free, when known. */
  readonly earliestStart?: number;
  /** What was tried before the pool gave up, oldest first. */
  readonly attempts: readonly Attempt[];

  constructor(code: KeyPoolErrorCode, message: string, details: KeyPoolErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.isRetryable = retryable[code];
    if (details.earliestStart !== undefined) this.earliestStart = details.earliestStart;
    this.attempts = details.attempts ?? [];
    Object.defineProperty(this, marker, { value: true });
  }

  /** Works across several installed copies of the package, where `instanceof` does not. */
  static is(error: unknown): error is KeyPoolError {
    return typeof error === 'object' && error !== null && marker in error;
  }
}

/** An `invalid_options` error: which option, the rule, and what was given. */
export function invalidOption(option: string, rule: string, received: unknown): KeyPoolError {
  return new KeyPoolError('invalid_options', `${option} ${rule}; received ${describe(received)}`);
}

function describe(value: unknown): string {
  if (typeof value === 'string')
    return value.length > 60 ? `a string of ${value.length} characters` : `"${value}"`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object';
  return String(value);
}
