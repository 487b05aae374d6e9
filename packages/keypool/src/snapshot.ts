import type { Dispatcher } from './admission/dispatcher.js';
import type { KeySource } from './keys/key-config.js';
import type { KeyState } from './keys/key-state.js';
import type { QuotaGroupState } from './keys/quota-group-state.js';
import type { LimitSnapshot } from './limits/limit-set.js';

export type QuotaGroupStatus = 'ready' | 'cooling' | 'exhausted';
/** A key shows the worse of its own state and its group's. */
export type KeyStatus = 'available' | 'quarantined' | 'disabled' | 'draining' | 'cooling' | 'exhausted';

export interface QuotaGroupSnapshot {
  readonly id: string;
  readonly state: QuotaGroupStatus;
  readonly since: number;
  readonly until?: number;
  readonly reason?: string;
  readonly inFlight: number;
  readonly limits: readonly LimitSnapshot[];
}

export interface KeySnapshot {
  readonly id: string;
  readonly quotaGroup: string;
  readonly state: KeyStatus;
  readonly since: number;
  readonly until?: number;
  readonly reason?: string;
  readonly source: KeySource;
  readonly weight: number;
  /** Calls that hold it now: "in use" when above 0. */
  readonly inFlight: number;
  readonly calls: number;
  readonly succeeded: number;
  readonly rateLimited: number;
  readonly otherFailures: number;
}

export interface EndpointSnapshot {
  readonly baseUrl?: string;
  readonly state: 'ok' | 'failing';
  readonly since: number;
  readonly reason?: string;
  /** When a call may probe it. */
  readonly nextTryAt?: number;
}

/** The pool at one moment. Times are epoch milliseconds. Never holds a secret. */
export interface KeyPoolSnapshot {
  readonly generatedAt: number;
  readonly waiting: number;
  readonly inFlight: number;
  /** How long the longest waiting call has waited, in milliseconds; 0 when none waits. */
  readonly oldestWaitMs: number;
  readonly maxWaiting: number;
  readonly strategy: string;
  readonly quotaGroups: readonly QuotaGroupSnapshot[];
  readonly keys: readonly KeySnapshot[];
  readonly endpoints: readonly EndpointSnapshot[];
}

export function takeSnapshot(dispatcher: Dispatcher, maxWaiting: number, now: number): KeyPoolSnapshot {
  const { registry } = dispatcher;
  return {
    generatedAt: now,
    waiting: dispatcher.waiting,
    inFlight: dispatcher.inFlight,
    oldestWaitMs: dispatcher.oldestWaitMs(now),
    maxWaiting,
    strategy: dispatcher.strategy.name,
    quotaGroups: [...registry.quotaGroups.values()].map((group) => ({
      id: group.id,
      ...groupStatus(group),
      inFlight: group.limits.inFlight,
      limits: group.limits.snapshot(now),
    })),
    keys: [...registry.keys.values(), ...registry.draining].map((key) => ({
      id: key.id,
      quotaGroup: key.quotaGroup,
      ...keyStatus(key),
      source: key.source,
      weight: key.weight,
      inFlight: key.inFlight,
      calls: key.calls,
      succeeded: key.succeeded,
      rateLimited: key.rateLimited,
      otherFailures: key.otherFailures,
    })),
    endpoints: [...registry.endpoints.values()].map(({ baseUrl, breaker, since, reason }) => ({
      ...(baseUrl === undefined ? {} : { baseUrl }),
      state: breaker.isOpen ? ('ok' as const) : ('failing' as const),
      since,
      ...(reason === undefined ? {} : { reason }),
      ...(breaker.isOpen ? {} : { nextTryAt: breaker.until }),
    })),
  };
}

interface Status<S> {
  readonly state: S;
  readonly since: number;
  readonly until?: number;
  readonly reason?: string;
}

function groupStatus(group: QuotaGroupState): Status<QuotaGroupStatus> {
  if (group.recovery.isOpen) return { state: 'ready', since: group.since };
  return status(group.shutAs, group.since, group.recovery.until, group.reason);
}

function keyStatus(key: KeyState): Status<KeyStatus> {
  if (key.draining) return { state: 'draining', since: key.since };
  if (key.disabled || !key.enabled) return { state: 'disabled', since: key.since };
  if (!key.quarantine.isOpen) return status('quarantined', key.since, key.quarantine.until, key.reason);
  if (key.group.recovery.isOpen) return { state: 'available', since: Math.max(key.since, key.group.since) };
  return status(key.group.shutAs, key.group.since, key.group.recovery.until, key.group.reason);
}

function status<S>(state: S, since: number, until: number, reason: string | undefined): Status<S> {
  return { state, since, until, ...(reason === undefined ? {} : { reason }) };
}
