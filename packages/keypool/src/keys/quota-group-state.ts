import type { LimitPlan } from '../limits/limit-plan.js';
import { LimitSet } from '../limits/limit-set.js';
import type { Cost } from '../limits/limit.js';
import { Recovery } from '../outcome/recovery.js';
import type { Random } from '../random.js';
import type { Endpoint } from './endpoint.js';
import type { KeyState } from './key-state.js';
import type { QuotaGroupConfig } from './quota-group-config.js';

/** So many keys of a group are shown to strategies at a time. */
const shownKeys = 16;

/** One quota group: its limits, its health, its keys. */
export class QuotaGroupState {
  readonly id: string;
  readonly slot: number;
  readonly limits: LimitSet;
  readonly recovery: Recovery;
  /** Keys that belong to it, usable or not. */
  keyCount = 0;
  endpoint: Endpoint;
  model: string | undefined;
  /** What it is when it is not ready. */
  shutAs: 'cooling' | 'exhausted' = 'cooling';
  /** The provider told when it will be over. */
  untilKnown = false;
  since: number;
  reason: string | undefined;
  /** Endpoint failures of this group in a row. */
  outages = 0;
  /** When the first of them came. */
  firstOutageAt = 0;
  /** Usable keys that strategies see now, and those waiting for their turn to be seen. */
  shown: readonly KeyState[] = [];
  #hidden: Set<KeyState> | undefined;

  constructor(
    config: QuotaGroupConfig,
    slot: number,
    endpoint: Endpoint,
    plan: LimitPlan,
    random: Random,
    now: number,
  ) {
    this.id = config.id;
    this.slot = slot;
    this.endpoint = endpoint;
    this.model = config.model;
    this.limits = new LimitSet(plan);
    this.recovery = new Recovery(random);
    this.since = now;
    endpoint.quotaGroups.add(this);
  }

  configure(config: QuotaGroupConfig, endpoint: Endpoint, plan: LimitPlan, now: number): void {
    this.limits.update(plan, now);
    this.model = config.model;
    this.endpoint.quotaGroups.delete(this);
    this.endpoint = endpoint;
    endpoint.quotaGroups.add(this);
  }

  /** Earliest time at which one of its keys may take a call; Infinity when only an event can tell. */
  freeAt(model: string, cost: Cost, now: number): number {
    if (this.shown.length === 0) return Infinity;
    const healthy = Math.max(this.recovery.freeAt(now), this.endpoint.breaker.freeAt(now));
    return healthy === Infinity
      ? Infinity
      : Math.max(healthy, this.limits.freeAt(this.model ?? model, cost, now));
  }

  /** Out of money, and nobody knows until when. */
  get isHopeless(): boolean {
    return !this.recovery.isOpen && this.shutAs === 'exhausted' && !this.untilKnown;
  }

  /** The key became usable. Returns whether it is shown. */
  enter(key: KeyState): boolean {
    if (this.shown.includes(key) || this.#hidden?.has(key)) return false;
    if (this.shown.length >= shownKeys) {
      (this.#hidden ??= new Set()).add(key);
      return false;
    }
    // Most groups have one key; an array that is pushed to makes room for many.
    this.shown = [...this.shown, key];
    return true;
  }

  /** The key is not usable any more. Returns the key that is shown in its place, if one is. */
  leave(key: KeyState): KeyState | undefined {
    this.#hidden?.delete(key);
    if (!this.shown.includes(key)) return undefined;
    const next = this.#nextHidden();
    this.shown =
      next === undefined
        ? this.shown.filter((other) => other !== key)
        : this.shown.map((other) => (other === key ? next : other));
    return next;
  }

  /** The key was used: when others wait to be seen, it makes room. Returns the key shown in its place. */
  rotate(key: KeyState): KeyState | undefined {
    if (this.#hidden === undefined || this.#hidden.size === 0) return undefined;
    const next = this.leave(key);
    if (next !== undefined) this.#hidden.add(key);
    return next;
  }

  #nextHidden(): KeyState | undefined {
    if (this.#hidden === undefined) return undefined;
    for (const key of this.#hidden) {
      this.#hidden.delete(key);
      return key;
    }
    return undefined;
  }
}
