/**
 * Many rate-limited keys act as one pool.
 *
 * ```ts
 * import OpenAI from 'openai';
 * import { KeyPool, createPooledFetch } from '@riskwatch/keypool';
 *
 * const pool = new KeyPool({ baseUrl: 'https://host/v1', limits: [{ requests: 300, perSeconds: 60 }], keys });
 * const client = new OpenAI({ apiKey: 'pooled', baseURL: 'https://host/v1', maxRetries: 0, fetch: createPooledFetch(pool) });
 * ```
 *
 * @module
 */
export { KeyPool } from './key-pool.js';
export { createPooledFetch, type PooledFetchOptions } from './http/pooled-fetch.js';
export { withCallOptions, DEFAULT_MAX_ATTEMPTS, type CallOptions } from './call-options.js';
export { KeyPoolError, type KeyPoolErrorCode } from './errors.js';
export type { KeyPoolEvents, KeyEvent, QuotaGroupEvent, EndpointEvent } from './events.js';
export { DEFAULT_MAX_WAITING, type KeyPoolOptions, type PoolConfig } from './options.js';
export type { RunOptions } from './run.js';
export type { Lease } from './lease.js';
export type { KeyConfig, KeySource } from './keys/key-config.js';
export type { QuotaGroupConfig } from './keys/quota-group-config.js';
export type { KeySet } from './keys/key-set.js';
export type {
  Cost,
  CountingRule,
  DayPeriod,
  Dimension,
  Limit,
  LimitAmount,
  LimitScope,
  RatePeriod,
  Usage,
} from './limits/limit.js';
export type { LimitSnapshot } from './limits/limit-set.js';
export type { Attempt, Outcome, OutcomeKind } from './outcome/outcome.js';
export type {
  EndpointSnapshot,
  KeyPoolSnapshot,
  KeySnapshot,
  KeyStatus,
  QuotaGroupSnapshot,
  QuotaGroupStatus,
} from './snapshot.js';
export type { ErrorAnswer, HeaderReader, ProviderProfile } from './providers/provider-profile.js';
export type { CallView, KeyView, Picker, ReadyKeys, Strategy } from './strategies/strategy.js';
export type { Clock, ClockTimer } from './clock.js';
export type { Random } from './random.js';
