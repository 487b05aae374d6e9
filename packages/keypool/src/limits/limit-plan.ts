import { Bucket } from './bucket.js';
import { BurstLesson } from './burst-lesson.js';
import type { Counter } from './counter.js';
import { Day } from './day.js';
import { EvenPace } from './even-pace.js';
import type { Cost, CountingRule, Dimension, Limit } from './limit.js';
import { SlidingWindow } from './sliding-window.js';

export type RateDimension = Exclude<Dimension, 'concurrent'>;

/** How one counter of a limit counts. */
type Spec =
  | { readonly kind: 'bucket'; readonly periodMs: number; readonly burst: number }
  | {
      readonly kind: 'window';
      readonly amount: number;
      readonly periodMs: number;
      readonly marginShare?: number;
    }
  | { readonly kind: 'even'; readonly periodMs: number; readonly lesson: BurstLesson }
  | { readonly kind: 'day'; readonly timeZone: string };

/** One limit, understood. */
export interface Term {
  /** The same for a limit of the same kind before and after a change of its numbers. */
  readonly identity: string;
  readonly limit: Limit;
  readonly dimension: Dimension;
  readonly amount: number;
  readonly specs: readonly Spec[];
  /** Where its counters begin in a set's list of them. */
  readonly first: number;
}

/** The bounds that one call to one model meets: indexes of counters, and what each of them counts. */
export interface Bounds {
  readonly counters: readonly number[];
  readonly dimensions: readonly RateDimension[];
  readonly concurrent: readonly Term[];
  /** All counters count requests: what most pools have, and the quick way. */
  readonly requestsOnly: boolean;
  /** Some of them go at an even pace and may learn a burst. */
  readonly learns: boolean;
}

/** A list of limits, understood once for all the quota groups that have it: a pool may have thousands. */
export class LimitPlan {
  readonly terms: readonly Term[];
  /** The pace is told: some limit is on requests or on concurrent calls. */
  readonly tellsPace: boolean;
  readonly boundsConcurrency: boolean;
  readonly #common: Bounds;
  readonly #boundsByModel = new Map<string, Bounds>();

  constructor(limits: readonly Limit[], counting: CountingRule) {
    const seen = new Map<string, number>();
    let first = 0;
    this.terms = limits.map((limit) => {
      const rule = ruleOf(limit, counting);
      const name = identityOf(limit, rule);
      const copy = seen.get(name) ?? 0;
      seen.set(name, copy + 1);
      const { dimension, amount } = measureOf(limit);
      const specs = specsOf(limit, rule, amount);
      const term: Term = { identity: `${name}#${copy}`, limit, dimension, amount, specs, first };
      first += specs.length;
      return term;
    });
    this.boundsConcurrency = this.terms.some(({ dimension }) => dimension === 'concurrent');
    this.tellsPace = this.boundsConcurrency || this.terms.some(({ dimension }) => dimension === 'requests');
    this.#common = this.#boundsFor('');
  }

  boundsOf(model: string): Bounds {
    if (model === '') return this.#common;
    let bounds = this.#boundsByModel.get(model);
    if (bounds === undefined) this.#boundsByModel.set(model, (bounds = this.#boundsFor(model)));
    return bounds;
  }

  createCounters(): Counter[] {
    return this.terms.flatMap(({ amount, specs }) => specs.map((spec) => createCounter(spec, amount)));
  }

  #boundsFor(model: string): Bounds {
    const met = this.terms.filter(({ limit }) => covers(limit, model));
    const counters: number[] = [];
    const dimensions: RateDimension[] = [];
    let learns = false;
    for (const { dimension, specs, first } of met) {
      if (dimension === 'concurrent') continue;
      specs.forEach((spec, index) => {
        learns ||= spec.kind === 'even';
        counters.push(first + index);
        dimensions.push(dimension);
      });
    }
    return {
      counters,
      dimensions,
      concurrent: met.filter(({ dimension }) => dimension === 'concurrent'),
      requestsOnly: dimensions.every((dimension) => dimension === 'requests'),
      learns,
    };
  }
}

/** The plans of one pool. Groups with the same list of limits share its plan, and what was learned about it. */
export class LimitPlans {
  readonly #plans = new WeakMap<
    readonly Limit[],
    { readonly counting: CountingRule; readonly plan: LimitPlan }
  >();

  of(limits: readonly Limit[], counting: CountingRule): LimitPlan {
    const known = this.#plans.get(limits);
    if (known?.counting === counting) return known.plan;
    const plan = new LimitPlan(limits, counting);
    this.#plans.set(limits, { counting, plan });
    return plan;
  }
}

/** The counter of a changed limit: the one it had, with other numbers, where it is of the same kind. */
export function retuned(kept: Counter, spec: Spec, amount: number, now: number): Counter {
  if (spec.kind === 'bucket' && kept instanceof Bucket) kept.retune(amount, spec.periodMs, spec.burst, now);
  else if (spec.kind === 'even' && kept instanceof EvenPace)
    kept.retune(amount, spec.periodMs, spec.lesson, now);
  else if (spec.kind === 'window' && kept instanceof SlidingWindow && kept.periodMs === spec.periodMs)
    kept.retune(spec.amount);
  else if (spec.kind === 'day' && kept instanceof Day) kept.retune(amount);
  else return createCounter(spec, amount);
  return kept;
}

/** How much of it can come free in one moment. */
export function opensAtOnce(spec: Spec): number {
  if (spec.kind === 'bucket') return 1;
  return spec.kind === 'even' ? spec.lesson.most : Infinity;
}

function createCounter(spec: Spec, amount: number): Counter {
  switch (spec.kind) {
    case 'bucket':
      return new Bucket(amount, spec.periodMs, spec.burst);
    case 'window':
      return new SlidingWindow(spec.amount, spec.periodMs, spec.marginShare);
    case 'even':
      return new EvenPace(amount, spec.periodMs, spec.lesson);
    case 'day':
      return new Day(amount, spec.timeZone);
  }
}

export function amountOf(cost: Cost, dimension: RateDimension): number {
  return dimension === 'tokens' ? cost.inputTokens + cost.outputTokens : cost[dimension];
}

export function covers(limit: Limit, model: string): boolean {
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

/** The bounds that keep a limit safe under its counting rule. The order is the same for the same rule. */
function specsOf(limit: Limit, rule: CountingRule | undefined, amount: number): Spec[] {
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
  // Providers that cut their minute into seconds allow one second's worth of it in each. Calls at an even pace
  // keep clear of that by themselves; a wide margin each second would cost more rate than it saves refusals.
  const inOneSecond = Math.max(1, Math.floor(perSecond));
  const countsCalls = 'requests' in limit || 'images' in limit;
  return [
    window,
    { kind: 'window', amount: inOneSecond, periodMs: (inOneSecond / amount) * periodMs, marginShare: 0.02 },
    countsCalls
      ? { kind: 'even', periodMs, lesson: new BurstLesson(inOneSecond) }
      : { kind: 'bucket', periodMs, burst: Math.max(1.25, perSecond) },
  ];
}
