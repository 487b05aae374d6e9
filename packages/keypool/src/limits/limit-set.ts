import type { Counter } from './counter.js';
import { EvenPace } from './even-pace.js';
import { LearnedRate } from './learned-rate.js';
import type { Cost, Dimension, Limit, Usage } from './limit.js';
import { amountOf, covers, opensAtOnce, retuned, type Bounds, type LimitPlan } from './limit-plan.js';

/** What a call took, to be settled once its true usage is known. */
export interface Reservation {
  readonly bounds: Bounds;
  /** The set's counters as they were: its limits may be replaced while the call is under way. */
  readonly counters: readonly Counter[];
  readonly cost: Cost;
  readonly marks: readonly number[] | undefined;
  /** The call tries out how many at once the provider takes: until it has ended no other group may. */
  readonly isTrial: boolean;
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
  #plan: LimitPlan;
  // Made when a first call needs them: a pool may have thousands of sets that never do.
  #counters: readonly Counter[] | undefined;
  #pace: LearnedRate | undefined;
  #inFlightByModel: Map<string, number> | undefined;
  #inFlight = 0;

  constructor(plan: LimitPlan) {
    this.#plan = plan;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** The pace found out by the pool; undefined where none was needed so far. */
  get #learned(): LearnedRate | undefined {
    return this.#plan.tellsPace ? undefined : this.#pace;
  }

  /** Whether a call that ends can free the group for another. */
  get boundsConcurrency(): boolean {
    return this.#plan.boundsConcurrency;
  }

  /**
   * A bound on the calls of a model that can start within t milliseconds, from a moment at which none can:
   * `burst + perMs * t`. Infinite when no limit says so.
   */
  envelope(model: string): Envelope {
    const learned = this.#learned;
    let best = learned === undefined ? unbounded : { burst: 1, perMs: learned.perSecond / 1000 };
    for (const { limit, dimension, amount, specs } of this.#plan.terms) {
      if (dimension !== 'requests' || !covers(limit, model) || !('perSeconds' in limit)) continue;
      const perMs = amount / (limit.perSeconds * 1000);
      // Whole windows open at once, buckets call by call.
      const burst = specs.reduce((least, spec) => Math.min(least, opensAtOnce(spec)), amount);
      if (perMs < best.perMs || (perMs === best.perMs && burst < best.burst)) best = { burst, perMs };
    }
    return best;
  }

  /** Replaces the limits; what was counted under a limit that stays is kept. */
  update(plan: LimitPlan, now: number): void {
    const before = this.#plan;
    if (plan === before) return;
    this.#plan = plan;
    const counters = this.#counters;
    if (counters === undefined) return;
    const known = new Map(before.terms.map((term) => [term.identity, term]));
    const fresh = plan.createCounters();
    for (const { identity, limit, amount, specs, first } of plan.terms) {
      const kept = known.get(identity);
      if (kept === undefined) continue;
      const isSame = JSON.stringify(kept.limit) === JSON.stringify(limit);
      specs.forEach((spec, index) => {
        const counter = counters[kept.first + index]!;
        fresh[first + index] = isSame ? counter : retuned(counter, spec, amount, now);
      });
    }
    this.#counters = fresh;
  }

  /** Earliest time at which a call of this cost may go; Infinity when only a call that ends can free it. */
  freeAt(model: string, cost: Cost, now: number): number {
    const bounds = this.#plan.boundsOf(model);
    for (const { limit, amount } of bounds.concurrent) {
      if (this.#running(limit) >= amount) return Infinity;
    }
    let at = this.#learned?.freeAt(1, now) ?? now;
    const all = this.#counters;
    if (all === undefined) return at;
    const { counters, dimensions, requestsOnly } = bounds;
    for (let index = 0; index < counters.length; index += 1) {
      const amount = requestsOnly ? cost.requests : amountOf(cost, dimensions[index]!);
      at = Math.max(at, all[counters[index]!]!.freeAt(amount, now));
    }
    return at;
  }

  /** Counts a call as sent. */
  take(model: string, cost: Cost, now: number, marginMs: number): Reservation {
    const bounds = this.#plan.boundsOf(model);
    this.#inFlight += 1;
    if (model !== '') {
      this.#inFlightByModel ??= new Map();
      this.#inFlightByModel.set(model, (this.#inFlightByModel.get(model) ?? 0) + 1);
    }
    if (!this.#plan.tellsPace) (this.#pace ??= new LearnedRate()).take(1, now, marginMs);
    const all = (this.#counters ??= this.#plan.createCounters());
    const { counters, dimensions, requestsOnly, learns } = bounds;
    if (requestsOnly && !learns) {
      for (let index = 0; index < counters.length; index += 1)
        all[counters[index]!]!.take(cost.requests, now, marginMs);
      return { bounds, counters: all, cost, marks: undefined, isTrial: false };
    }
    const marks = counters.map((counter, index) =>
      all[counter]!.take(amountOf(cost, dimensions[index]!), now, marginMs),
    );
    return { bounds, counters: all, cost, marks, isTrial: learns && marks.some((mark) => mark < 0) };
  }

  /** Calls taken since `sentAt`, of this cost in all, turn out to reach the provider as late as `latest`. */
  arriveBy({ bounds, counters }: Reservation, cost: Cost, latest: number, sentAt: number): void {
    bounds.counters.forEach((counter, index) =>
      counters[counter]!.arriveBy?.(amountOf(cost, bounds.dimensions[index]!), latest, sentAt),
    );
  }

  /**
   * The call ended. With its true usage the tokens are corrected; without, the reservation stands. `answered`
   * is true when the provider took the call, false when it was one too many, undefined when that is not known.
   * Returns whether that taught something about all quota groups with these limits.
   */
  settle(
    model: string,
    { bounds, counters, cost, marks }: Reservation,
    answered: boolean | undefined,
    usage: Usage | undefined,
    now: number,
  ): boolean {
    this.#inFlight -= 1;
    if (model !== '' && this.#inFlightByModel !== undefined) {
      const left = (this.#inFlightByModel.get(model) ?? 1) - 1;
      if (left > 0) this.#inFlightByModel.set(model, left);
      else this.#inFlightByModel.delete(model);
    }
    let learned = false;
    if (marks === undefined) return learned;
    for (let index = 0; index < marks.length; index += 1) {
      const counter = counters[bounds.counters[index]!]!;
      if (counter instanceof EvenPace) learned = counter.ended(marks[index]!, answered) || learned;
      if (usage === undefined) continue;
      const dimension = bounds.dimensions[index]!;
      const truth: Cost = { ...cost, inputTokens: usage.inputTokens, outputTokens: usage.outputTokens };
      const unused = amountOf(cost, dimension) - amountOf(truth, dimension);
      if (unused !== 0) counter.give(unused, marks[index]!, now);
    }
    return learned;
  }

  /** The provider took a call. */
  succeeded(now: number): void {
    this.#learned?.succeeded(now);
  }

  /** The provider refused a call that was sent at `sentAt`: one too many. */
  refused(sentAt: number, now: number): void {
    if (this.#learned?.isNews(sentAt)) this.#learned.refused(now);
  }

  snapshot(now: number): LimitSnapshot[] {
    // What was never used is as good as new.
    const counters = this.#counters ?? this.#plan.createCounters();
    const told = this.#plan.terms.map(({ limit, dimension, amount, specs, first }): LimitSnapshot => ({
      dimension,
      ...('perSeconds' in limit ? { perSeconds: limit.perSeconds } : {}),
      ...('perDay' in limit ? { perDay: limit.perDay } : {}),
      ...(limit.models === undefined ? {} : { models: limit.models }),
      limit: amount,
      remaining:
        dimension === 'concurrent'
          ? Math.max(0, amount - this.#running(limit))
          : Math.min(...specs.map((_, index) => counters[first + index]!.remaining(now))),
    }));
    const learned = this.#learned;
    if (learned === undefined || learned.perSecond === Infinity) return told;
    const limit = Math.round(learned.perSecond * 60 * 10) / 10;
    return [
      ...told,
      { dimension: 'requests', perSeconds: 60, limit, remaining: learned.remaining(now), learned: true },
    ];
  }

  #running(limit: Limit): number {
    if (limit.models === undefined) return this.#inFlight;
    return limit.models.reduce((sum, model) => sum + (this.#inFlightByModel?.get(model) ?? 0), 0);
  }
}
