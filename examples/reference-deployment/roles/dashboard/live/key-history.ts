const BUCKET_MS = 5_000;
const BUCKETS_PER_MINUTE = 12;
export const KEY_HISTORY_MINUTES = 15;
const BUCKETS = BUCKETS_PER_MINUTE * KEY_HISTORY_MINUTES;

export interface Call {
  readonly keyId: string;
  readonly startedAt: number;
  /** What the provider refused with, such as `429`; absent for an answer. */
  readonly refused?: string;
}

interface KeyRecord {
  readonly calls: Map<number, number>;
  readonly refused: Map<string, Map<number, number>>;
}

/** The model calls of the last 15 minutes by key, as the results' attempts tell them. */
export class KeyHistory {
  readonly #keys = new Map<string, KeyRecord>();

  add(call: Call): void {
    let key = this.#keys.get(call.keyId);
    if (!key) this.#keys.set(call.keyId, (key = { calls: new Map(), refused: new Map() }));
    const bucket = Math.floor(call.startedAt / BUCKET_MS);
    count(key.calls, bucket);
    if (call.refused === undefined) return;
    let refusals = key.refused.get(call.refused);
    if (!refusals) key.refused.set(call.refused, (refusals = new Map()));
    count(refusals, bucket);
  }

  /** Calls of the last 60 s. The running five seconds are left out: their results are still on the way. */
  lastMinute(keyId: string, now: number): number {
    return sum(
      this.#keys.get(keyId)?.calls,
      Math.floor(now / BUCKET_MS) - BUCKETS_PER_MINUTE,
      BUCKETS_PER_MINUTE,
    );
  }

  /** Calls in each of the last 15 minutes, oldest first; the last one is `lastMinute`. */
  perMinute(keyId: string, now: number): number[] {
    const end = Math.floor(now / BUCKET_MS);
    const calls = this.#keys.get(keyId)?.calls;
    return Array.from({ length: KEY_HISTORY_MINUTES }, (_, i) =>
      sum(calls, end - (KEY_HISTORY_MINUTES - i) * BUCKETS_PER_MINUTE, BUCKETS_PER_MINUTE),
    );
  }

  /** The most frequent refusal of the last 15 minutes. */
  refused(keyId: string, now: number): { answer: string; count: number } | null {
    const end = Math.floor(now / BUCKET_MS) + 1;
    let most: { answer: string; count: number } | null = null;
    for (const [answer, buckets] of this.#keys.get(keyId)?.refused ?? []) {
      const times = sum(buckets, end - BUCKETS, BUCKETS);
      if (times > (most?.count ?? 0)) most = { answer, count: times };
    }
    return most;
  }

  /** Forgets what is older than 15 minutes, and keys that have nothing younger. */
  prune(now: number): void {
    const oldest = Math.floor(now / BUCKET_MS) - BUCKETS;
    for (const [id, { calls, refused }] of this.#keys) {
      for (const buckets of [calls, ...refused.values()])
        for (const bucket of buckets.keys()) if (bucket < oldest) buckets.delete(bucket);
      for (const [answer, buckets] of refused) if (buckets.size === 0) refused.delete(answer);
      if (calls.size === 0) this.#keys.delete(id);
    }
  }
}

function count(buckets: Map<number, number>, bucket: number): void {
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
}

function sum(buckets: Map<number, number> | undefined, from: number, length: number): number {
  let total = 0;
  for (let i = 0; i < length; i += 1) total += buckets?.get(from + i) ?? 0;
  return total;
}
