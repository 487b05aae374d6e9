import type { ResolvedLimit } from '../options.js';
import { Bucket } from './bucket.js';
import { FixedWindow } from './fixed-window.js';
import type { Cost, Dimension, Meter, Reading } from './meter.js';
import { SlidingWindow } from './sliding-window.js';

/** The limit that refused a request, and when asking again makes sense. */
export interface Refusal {
  readonly dimension: Dimension | 'concurrent';
  readonly limit: number;
  readonly used: number;
  readonly perSeconds?: number;
  readonly waitMs: number;
}

interface Counted {
  readonly dimension: Dimension;
  readonly perSeconds: number;
  readonly meter: Meter;
}

/** Concurrency has no clock to wait for; providers tell callers to come back after a moment. */
const CONCURRENCY_RETRY_MS = 1_000;

/** Every limit of one account. A request is counted in all of them or in none. */
export class AccountLimits {
  readonly #counted: readonly Counted[];
  readonly #concurrent: number;
  #inFlight = 0;

  constructor(limits: readonly ResolvedLimit[], now: number) {
    this.#counted = limits.flatMap((limit) => ('concurrent' in limit ? [] : [counted(limit, now)]));
    this.#concurrent = Math.min(
      ...limits.map((limit) => ('concurrent' in limit ? limit.concurrent : Infinity)),
      Infinity,
    );
  }

  /** Takes `cost` and one concurrent slot, or says which limit refuses (the one that takes longest). */
  admit(cost: Cost, now: number): Refusal | undefined {
    let refusal: Refusal | undefined;
    if (this.#inFlight >= this.#concurrent) {
      refusal = {
        dimension: 'concurrent',
        limit: this.#concurrent,
        used: this.#inFlight,
        waitMs: CONCURRENCY_RETRY_MS,
      };
    }
    for (const { dimension, perSeconds, meter } of this.#counted) {
      const waitMs = meter.waitMs(cost[dimension], now);
      if (waitMs <= (refusal?.waitMs ?? 0)) continue;
      const { limit, remaining } = meter.read(now);
      refusal = { dimension, limit, used: limit - remaining, perSeconds, waitMs };
    }
    if (refusal) return refusal;
    for (const { dimension, meter } of this.#counted) meter.take(cost[dimension], now);
    this.#inFlight += 1;
    return undefined;
  }

  /** The call ended: its slot is free, and what was reserved gives way to what it really cost. */
  settle(reserved: Cost, actual: Cost, now: number): void {
    this.#inFlight -= 1;
    for (const { dimension, meter } of this.#counted) {
      const difference = actual[dimension] - reserved[dimension];
      if (difference !== 0) meter.take(difference, now);
    }
  }

  /** The tightest limit of a dimension. */
  read(dimension: Dimension, now: number): Reading | undefined {
    let tightest: Reading | undefined;
    for (const entry of this.#counted) {
      if (entry.dimension !== dimension) continue;
      const reading = entry.meter.read(now);
      if (!tightest || reading.remaining < tightest.remaining) tightest = reading;
    }
    return tightest;
  }
}

function counted(limit: Exclude<ResolvedLimit, { concurrent: number }>, now: number): Counted {
  const [dimension, count] = dimensionOf(limit);
  const windowMs = limit.perSeconds * 1_000;
  const meter =
    limit.counting === 'bucket'
      ? new Bucket(count, windowMs, limit.burst ?? count, now)
      : limit.counting === 'fixed'
        ? new FixedWindow(count, windowMs)
        : new SlidingWindow(count, windowMs);
  return { dimension, perSeconds: limit.perSeconds, meter };
}

function dimensionOf(limit: Exclude<ResolvedLimit, { concurrent: number }>): [Dimension, number] {
  if ('requests' in limit) return ['requests', limit.requests];
  if ('tokens' in limit) return ['tokens', limit.tokens];
  if ('inputTokens' in limit) return ['inputTokens', limit.inputTokens];
  if ('outputTokens' in limit) return ['outputTokens', limit.outputTokens];
  return ['images', limit.images];
}
