import { Bucket } from './bucket.js';
import type { Counter } from './counter.js';
import { Day } from './day.js';
import { LearnedRate } from './learned-rate.js';
import type { Cost, CountingRule, Dimension, Limit, Usage } from './limit.js';
import { SlidingWindow } from './sliding-window.js';

type RateDimension = Exclude<Dimension, 'concurrent'>;

/** A limit at work: its counters all hold at once. */
interface Entry {
  readonly identity: string;
  limit: Limit;
  dimension: Dimension;
  amount: number;
  counters: readonly Counter[];
}

/** The bounds that one call to one model meets. */
interface Bounds {
  readonly counters: readonly Counter[];
  readonly dimensions: readonly RateDimension[];
  readonly concurrent: readonly Entry[];
  /** All counters count requests: what most pools have, and the quick way. */
  readonly requestsOnly: boolean;
}

/** What a call took, to be settled once its true usage is known. */
export interface Reservation {
  readonly bounds: Bounds;
  readonly cost: Cost;
  readonly marks: readonly number[] | undefined;
}

export interface Envelope {
  readonly burst: number;
  readonly perMs: number;
}

const unbounded: Envelope = { burst: Infinity, perMs: Infinity };

export interface LimitSnapshot {
  readonly dimension: Dimension;
  /** Rolling limits only. */
  readonly perSeconds?: number;
  /** Daily limits only: the time zone. */
  readonly perDay?: string;
  readonly models?: readonly string[];
  readonly limit: number;
  readonly remaining: number;
  /** The pool found this limit out by itself. */
  readonly learned?: true;
}

/** All limits of one quota group: asked before a call, told of it, settled after it. */
export class LimitSet {
  #entries: Entry[] = [];
  #learned: LearnedRate | undefined;
  /** The bounds of calls that meet no limit of their model's own; what most calls meet. */
  #common: Bounds | undefined;
  // Made when a first call needs them: a pool may have thousands of sets that never do.
  #boundsByModel: Map<string, Bounds> | undefined;
  #inFlight = 0;
  #inFlightByModel: Map<string, number> | undefined;

  constructor(limits: readonly Limit[], counting: CountingRule) {
    this.update(limits, counting, 0);
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The pace found out by the pool; undefined where request limits were told. */
  get learned(): LearnedRate | undefined {
    return this.#learned;
  }

  /** Whether a call that ends can free the group for another. */
  get boundsConcurrency(): boolean {
    return this.#entries.some((entry) => entry.dimension === 'concurrent');
  }

  /**
   * A bound on the calls of a model that can start within t milliseconds, from a moment at which none can:
   * `burst + perMs * t`. Infinite when no limit says so.
   */
  envelope(model: string): Envelope {
    let best = this.#learned === undefined ? unbounded : { burst: 1, perMs: this.#learned.perSecond / 1000 };
    for (const { limit, dimension, amount, counters } of this.#entries) {
      if (dimension !== 'requests' || !covers(limit, model) || !('perSeconds' in limit)) continue;
      const perMs = amount / (limit.perSeconds * 1000);
      // Whole windows open at once, buckets call by call.
      const burst = counters.some((counter) => counter instanceof Bucket) ? 1 : amount;
      if (perMs < best.perMs || (perMs === best.perMs && burst < best.burst)) best = { burst, perMs };
    }
    return best;
  }

  /** Replaces the limits; what was counted under a limit that stays is kept. */
  update(limits: readonly Limit[], counting: CountingRule, now: number): void {
    const before = new Map(this.#entries.map((entry) => [entry.identity, entry]));
    const seen = new Map<string, number>();
    this.#entries = limits.map((limit) => {
      const rule = ruleOf(limit, counting);
      const name = identityOf(limit, rule);
      const copy = seen.get(name) ?? 0;
      seen.set(name, copy + 1);
      const identity = `${name}#${copy}`;
      const kept = before.get(identity);
      if (kept === undefined) return createEntry(identity, limit, rule);
      retune(kept, limit, rule, now);
      return kept;
    });
    const told = this.#entries.some(
      (entry) => entry.dimension === 'requests' || entry.dimension === 'concurrent',
    );
    this.#learned = told ? undefined : (this.#learned ?? new LearnedRate());
    this.#common = undefined;
    this.#boundsByModel = undefined;
  }

  /** Earliest time at which a call of this cost may go; Infinity when only a call that ends can free it. */
  freeAt(model: string, cost: Cost, now: number): number {
    const bounds = this.#boundsOf(model);
    for (const entry of bounds.concurrent) {
      if (this.#running(entry.limit) >= entry.amount) return Infinity;
    }
    const { counters } = bounds;
    let at = now;
    if (bounds.requestsOnly) {
      for (let index = 0; index < counters.length; index += 1) {
        at = Math.max(at, counters[index]!.freeAt(cost.requests, now));
      }
      return at;
    }
    for (let index = 0; index < counters.length; index += 1) {
      at = Math.max(at, counters[index]!.freeAt(amountOf(cost, bounds.dimensions[index]!), now));
    }
    return at;
  }

  /** Counts a call as sent. */
  take(model: string, cost: Cost, now: number, marginMs: number): Reservation {
    const bounds = this.#boundsOf(model);
    const { counters } = bounds;
    this.#inFlight += 1;
    if (model !== '') {
      this.#inFlightByModel ??= new Map();
      this.#inFlightByModel.set(model, (this.#inFlightByModel.get(model) ?? 0) + 1);
    }
    if (bounds.requestsOnly) {
      for (let index = 0; index < counters.length; index += 1)
        counters[index]!.take(cost.requests, now, marginMs);
      return { bounds, cost, marks: undefined };
    }
    const marks = counters.map((counter, index) =>
      counter.take(amountOf(cost, bounds.dimensions[index]!), now, marginMs),
    );
    return { bounds, cost, marks };
  }

  /** The call ended. With its true usage the tokens are corrected; without, the reservation stands. */
  settle(model: string, { bounds, cost, marks }: Reservation, usage: Usage | undefined, now: number): void {
    this.#inFlight -= 1;
    if (model !== '' && this.#inFlightByModel !== undefined) {
      const left = (this.#inFlightByModel.get(model) ?? 1) - 1;
      if (left > 0) this.#inFlightByModel.set(model, left);
      else this.#inFlightByModel.delete(model);
    }
    if (usage === undefined || marks === undefined) return;
    const truth: Cost = { ...cost, inputTokens: usage.inputTokens, outputTokens: usage.outputTokens };
    bounds.counters.forEach((counter, index) => {
      const dimension = bounds.dimensions[index]!;
      const unused = amountOf(cost, dimension) - amountOf(truth, dimension);
      if (unused !== 0) counter.give(unused, marks[index]!, now);
    });
  }

  snapshot(now: number): LimitSnapshot[] {
    const told = this.#entries.map(({ limit, dimension, amount, counters }): LimitSnapshot => ({
      dimension,
      ...('perSeconds' in limit ? { perSeconds: limit.perSeconds } : {}),
      ...('perDay' in limit ? { perDay: limit.perDay } : {}),
      ...(limit.models === undefined ? {} : { models: limit.models }),
      limit: amount,
      remaining:
        dimension === 'concurrent'
          ? Math.max(0, amount - this.#running(limit))
          : Math.min(...counters.map((counter) => counter.remaining(now))),
    }));
    const pace = this.#learned?.perSecond ?? Infinity;
    if (this.#learned === undefined || pace === Infinity) return told;
    const limit = Math.round(pace * 60 * 10) / 10;
    return [
      ...told,
      {
        dimension: 'requests',
        perSeconds: 60,
        limit,
        remaining: this.#learned.remaining(now),
        learned: true,
      },
    ];
  }

  #running(limit: Limit): number {
    if (limit.models === undefined) return this.#inFlight;
    return limit.models.reduce((sum, model) => sum + (this.#inFlightByModel?.get(model) ?? 0), 0);
  }

  #boundsOf(model: string): Bounds {
    const known = model === '' ? this.#common : this.#boundsByModel?.get(model);
    if (known !== undefined) return known;
    const entries = this.#entries.filter((entry) => covers(entry.limit, model));
    const rated = entries.filter((entry) => entry.dimension !== 'concurrent');
    const counters = rated.flatMap((entry) => entry.counters);
    const dimensions = rated.flatMap((entry) => entry.counters.map(() => entry.dimension as RateDimension));
    if (this.#learned !== undefined) {
      counters.push(this.#learned);
      dimensions.push('requests');
    }
    const bounds: Bounds = {
      counters,
      dimensions,
      concurrent: entries.filter((entry) => entry.dimension === 'concurrent'),
      requestsOnly: dimensions.every((dimension) => dimension === 'requests'),
    };
    if (model === '') this.#common = bounds;
    else (this.#boundsByModel ??= new Map()).set(model, bounds);
    return bounds;
  }
}

function amountOf(cost: Cost, dimension: RateDimension): number {
  return dimension === 'tokens' ? cost.inputTokens + cost.outputTokens : cost[dimension];
}

function covers(limit: Limit, model: string): boolean {
  return limit.models === undefined || limit.models.includes(model);
}

export const dimensions: readonly Dimension[] = [
  'requests',
  'tokens',
  'inputTokens',
  'outputTokens',
  'images',
  'concurrent',
];

/** What a limit counts, and how much of it it allows. */
export function measureOf(limit: Limit): { dimension: Dimension; amount: number } {
  for (const dimension of dimensions) {
    const amount = (limit as Partial<Record<Dimension, number>>)[dimension];
    if (amount !== undefined) return { dimension, amount };
  }
  throw new TypeError('A limit names no dimension.');
}

function ruleOf(limit: Limit, fallback: CountingRule): CountingRule | undefined {
  if (!('perSeconds' in limit)) return undefined;
  return limit.counting ?? (limit.burst === undefined ? fallback : 'bucket');
}

function identityOf(limit: Limit, rule: CountingRule | undefined): string {
  const period =
    'perSeconds' in limit ? `${limit.perSeconds}s ${rule}` : 'perDay' in limit ? limit.perDay : '';
  const bounded = 'burst' in limit && limit.burst !== undefined ? 'burst' : '';
  return [measureOf(limit).dimension, period, bounded, ...(limit.models ?? [])].join('|');
}

function createEntry(identity: string, limit: Limit, rule: CountingRule | undefined): Entry {
  const { dimension, amount } = measureOf(limit);
  const counters = bucketsAndWindows(limit, rule, amount).map((spec) =>
    spec.kind === 'bucket'
      ? new Bucket(amount, spec.periodMs, spec.burst)
      : spec.kind === 'window'
        ? new SlidingWindow(spec.amount, spec.periodMs)
        : new Day(amount, spec.timeZone),
  );
  return { identity, limit, dimension, amount, counters };
}

function retune(entry: Entry, limit: Limit, rule: CountingRule | undefined, now: number): void {
  const { amount } = measureOf(limit);
  if (JSON.stringify(entry.limit) === JSON.stringify(limit)) return;
  const specs = bucketsAndWindows(limit, rule, amount);
  entry.counters = specs.map((spec, index) => {
    const kept = entry.counters[index];
    if (spec.kind === 'bucket' && kept instanceof Bucket) kept.retune(amount, spec.periodMs, spec.burst, now);
    else if (spec.kind === 'window' && kept instanceof SlidingWindow && kept.periodMs === spec.periodMs)
      kept.retune(spec.amount);
    else if (spec.kind === 'window') return new SlidingWindow(spec.amount, spec.periodMs);
    else if (spec.kind === 'day' && kept instanceof Day) kept.retune(amount);
    return kept!;
  });
  entry.limit = limit;
  entry.amount = amount;
}

type Spec =
  | { kind: 'bucket'; periodMs: number; burst: number }
  | { kind: 'window'; amount: number; periodMs: number }
  | { kind: 'day'; timeZone: string };

/** The bounds that keep a limit safe under its counting rule. The order is the same for the same rule. */
function bucketsAndWindows(limit: Limit, rule: CountingRule | undefined, amount: number): Spec[] {
  if ('perDay' in limit) return [{ kind: 'day', timeZone: limit.perDay }];
  if (!('perSeconds' in limit)) return [];
  const periodMs = limit.perSeconds * 1000;
  const perSecond = amount / limit.perSeconds;
  const { burst } = limit;
  if (rule === 'bucket')
    return [{ kind: 'bucket', periodMs, burst: burst ?? Math.max(1, Math.floor(perSecond)) }];
  const window: Spec = { kind: 'window', amount, periodMs };
  if (rule !== 'unknown')
    return burst === undefined ? [window] : [window, { kind: 'bucket', periodMs, burst }];
  if (burst !== undefined) return [window, { kind: 'bucket', periodMs, burst }];
  // Providers that cut their minute into seconds allow one second's worth of it in each.
  const inOneSecond = Math.max(1, Math.floor(perSecond));
  return [
    window,
    { kind: 'window', amount: inOneSecond, periodMs: (inOneSecond / amount) * periodMs },
    // A quarter above one call, so that a timer's lateness is caught up and no rate is lost to it.
    { kind: 'bucket', periodMs, burst: evenBurst(limit, perSecond) },
  ];
}

function evenBurst(limit: Limit, perSecond: number): number {
  const countsCalls = 'requests' in limit || 'images' in limit;
  return countsCalls ? 1.25 : Math.max(1.25, perSecond);
}
