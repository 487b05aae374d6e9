import type { KeyHistory } from './key-history.js';
import type { KeyState, KeysView, LimitView, QuotaGroupView } from './live-state.js';

/** The pool's snapshot as the scheduler tells it. It never holds a secret. */
export interface PoolReport {
  readonly strategy: string | null;
  readonly quotaGroups: readonly {
    readonly id: string;
    readonly state: 'ready' | 'cooling' | 'exhausted';
    readonly since: number | null;
    readonly until: number | null;
    readonly reason: string | null;
    readonly limits: readonly LimitView[];
  }[];
  readonly keys: readonly {
    readonly id: string;
    readonly quotaGroup: string;
    readonly state: KeyState;
    readonly reason: string | null;
    readonly since: number | null;
    readonly until: number | null;
    readonly inFlight: number;
    readonly calls: number;
  }[];
}

/** The key table: the pool's states beside the calls that the results tell of (`history`; `null` until they are read). */
export function keysView(
  pool: PoolReport,
  history: KeyHistory | null,
  providerAnswer: string | null,
  now: number,
): KeysView {
  const total = history ? pool.keys.reduce((sum, { id }) => sum + history.lastMinute(id, now), 0) : 0;
  const quotaGroups: QuotaGroupView[] = pool.quotaGroups.map((quotaGroup) => ({
    ...quotaGroup,
    limits: quotaGroup.limits.map((limit) =>
      history === null || quotaGroup.state !== 'ready'
        ? limit
        : leftOfTheMinute(
            limit,
            pool.keys
              .filter((key) => key.quotaGroup === quotaGroup.id)
              .reduce((sum, { id }) => sum + history.lastMinute(id, now), 0),
          ),
    ),
    keys: pool.keys
      .filter((key) => key.quotaGroup === quotaGroup.id)
      .map(({ id, state, reason, since, until, inFlight }) => {
        const calls = history?.lastMinute(id, now) ?? null;
        return {
          id,
          state,
          reason,
          since,
          until,
          inFlight,
          calls,
          share: calls === null || total === 0 ? null : calls / total,
          perMinute: history?.perMinute(id, now) ?? null,
          refused: history?.refused(id, now) ?? null,
        };
      }),
  }));
  return {
    available: pool.keys.filter(({ state }) => state === 'available').length,
    total: pool.keys.length,
    strategy: pool.strategy,
    providerAnswer,
    quotaGroups,
  };
}

/**
 * A limit that is counted as a bucket tells what can go at once, which is a handful also of an idle account's; a person
 * wants to know what is left of the minute.
 */
function leftOfTheMinute(limit: LimitView, calls: number): LimitView {
  if (limit.dimension !== 'requests' || limit.perSeconds !== 60) return limit;
  return { ...limit, remaining: Math.max(limit.remaining, limit.limit - calls) };
}

/** The earliest moment at which a key comes back by itself. */
export function nextKeyAt(pool: PoolReport): number | null {
  const ends = pool.keys.flatMap(({ state, until }) =>
    until !== null && (state === 'cooling' || state === 'exhausted') ? [until] : [],
  );
  return ends.length === 0 ? null : Math.min(...ends);
}
