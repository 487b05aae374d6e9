import { Heap } from '../admission/heap.js';
import { invalidOption } from '../errors.js';
import { LimitPlans, type LimitPlan } from '../limits/limit-plan.js';
import type { CountingRule, Limit } from '../limits/limit.js';
import type { Random } from '../random.js';
import { Endpoint } from './endpoint.js';
import { checkKey, type KeyConfig, type KeySource } from './key-config.js';
import { KeyState } from './key-state.js';
import type { QuotaGroupConfig } from './quota-group-config.js';
import { QuotaGroupState } from './quota-group-state.js';

export interface RegistryDefaults {
  readonly limits: readonly Limit[];
  readonly counting: CountingRule;
  readonly baseUrl: string | undefined;
  readonly model: string | undefined;
}

/** Told what changes, so that the lanes follow. */
export interface RegistryListener {
  keyEntered(key: KeyState, now: number): void;
  keyLeft(key: KeyState, now: number): void;
  groupChanged(group: QuotaGroupState, now: number): void;
  groupRemoved(group: QuotaGroupState): void;
  /** A group has come, or its limits have changed. */
  groupsDiffer(): void;
}

/** The set of keys and quota groups, changed while calls are in flight. */
export class Registry {
  readonly keys = new Map<string, KeyState>();
  readonly quotaGroups = new Map<string, QuotaGroupState>();
  readonly endpoints = new Map<string, Endpoint>();
  /** Removed keys whose last calls are finishing. */
  readonly draining = new Set<KeyState>();
  readonly #declared = new Map<string, QuotaGroupConfig>();
  readonly #random: Random;
  readonly #listener: RegistryListener;
  readonly #plans = new LimitPlans();
  readonly #keySlots = new Slots();
  readonly #groupSlots = new Slots();
  readonly #quarantined: Heap<KeyState>;
  readonly #quarantineIndex = new Map<KeyState, number>();
  #defaults: RegistryDefaults;

  constructor(defaults: RegistryDefaults, random: Random, listener: RegistryListener) {
    this.#defaults = defaults;
    this.#random = random;
    this.#listener = listener;
    this.#quarantined = new Heap<KeyState>(
      (a, b) => a.quarantine.until < b.quarantine.until,
      (key, index) => {
        if (index < 0) this.#quarantineIndex.delete(key);
        else this.#quarantineIndex.set(key, index);
      },
    );
  }

  /** When the next quarantined key may be probed; Infinity when none is. */
  get nextProbeAt(): number {
    return this.#quarantined.top?.quarantine.until ?? Infinity;
  }

  add(config: KeyConfig, source: KeySource, now: number): KeyState {
    checkKey(config);
    if (this.keys.has(config.id))
      throw invalidOption(`key.id`, 'must be new; update changes a known key', config.id);
    const group = this.#groupOf(config, now);
    const key = new KeyState(config, this.#keySlots.take(), source, group, this.#random, now);
    group.keyCount += 1;
    this.keys.set(key.id, key);
    this.settle(key, now);
    return key;
  }

  update(id: string, config: KeyConfig, now: number): KeyState {
    checkKey(config);
    const key = this.get(id);
    if (config.id !== id) throw invalidOption('key.id', `must stay "${id}" in an update`, config.id);
    const group = this.#groupOf(config, now);
    if (group !== key.group) {
      this.#withdraw(key, now);
      key.group.keyCount -= 1;
      this.#dropIfEmpty(key.group);
      key.group = group;
      group.keyCount += 1;
    }
    key.configure(config);
    this.settle(key, now);
    return key;
  }

  /** The key takes no more calls; it is forgotten when the last one has ended. */
  remove(id: string, now: number): KeyState {
    const key = this.get(id);
    key.draining = true;
    key.since = now;
    this.keys.delete(id);
    this.draining.add(key);
    this.settle(key, now);
    this.callEnded(key);
    return key;
  }

  /** A call with the key has ended: a removed key may be ready to be forgotten. */
  callEnded(key: KeyState): void {
    if (!key.draining || key.inFlight > 0 || !this.draining.delete(key)) return;
    key.group.keyCount -= 1;
    this.#keySlots.release(key.slot);
    this.#dropIfEmpty(key.group);
  }

  get(id: string): KeyState {
    const key = this.keys.get(id);
    if (key === undefined) throw invalidOption('key.id', 'must be the id of a key in the pool', id);
    return key;
  }

  /** Brings a key in or out according to its present state. */
  settle(key: KeyState, now: number): void {
    const index = this.#quarantineIndex.get(key);
    const waits = !key.quarantine.isOpen && key.quarantine.freeAt(now) > now && !key.draining;
    if (!waits && index !== undefined) this.#quarantined.removeAt(index);
    else if (waits && index !== undefined) this.#quarantined.moved(index);
    else if (waits && key.quarantine.freeAt(now) !== Infinity) this.#quarantined.push(key);
    if (!key.mayServe(now)) this.#withdraw(key, now);
    else {
      if (key.group.enter(key)) this.#listener.keyEntered(key, now);
      this.#listener.groupChanged(key.group, now);
    }
  }

  /** Quarantined keys whose time has come may be probed. */
  promote(now: number): void {
    for (
      let key = this.#quarantined.top;
      key !== undefined && key.quarantine.until <= now;
      key = this.#quarantined.top
    ) {
      this.#quarantined.removeAt(0);
      this.settle(key, now);
    }
  }

  /** A key was used: where a group has very many, another one is shown in its place. */
  rotate(key: KeyState, now: number): void {
    const next = key.group.rotate(key);
    if (next === undefined) return;
    this.#listener.keyLeft(key, now);
    this.#listener.keyEntered(next, now);
  }

  /** Replaces what is declared about quota groups; groups keep what they have counted. */
  declare(groups: readonly QuotaGroupConfig[], defaults: RegistryDefaults, now: number): void {
    this.#defaults = defaults;
    this.#declared.clear();
    for (const group of groups) this.#declared.set(group.id, group);
    for (const state of this.quotaGroups.values()) {
      const config = this.#configOf(state.id);
      state.configure(config, this.#endpointOf(config, now), this.#planOf(config), now);
      this.#listener.groupChanged(state, now);
    }
    this.#listener.groupsDiffer();
    for (const [name, endpoint] of this.endpoints)
      if (endpoint.quotaGroups.size === 0) this.endpoints.delete(name);
  }

  #withdraw(key: KeyState, now: number): void {
    const wasShown = key.group.shown.includes(key);
    const next = key.group.leave(key);
    if (!wasShown) return;
    this.#listener.keyLeft(key, now);
    if (next !== undefined) this.#listener.keyEntered(next, now);
    this.#listener.groupChanged(key.group, now);
  }

  #groupOf(key: KeyConfig, now: number): QuotaGroupState {
    const id = key.quotaGroup ?? key.id;
    const known = this.quotaGroups.get(id);
    if (known !== undefined) return known;
    const config = this.#configOf(id);
    const endpoint = this.#endpointOf(config, now);
    const plan = this.#planOf(config);
    const group = new QuotaGroupState(config, this.#groupSlots.take(), endpoint, plan, this.#random, now);
    this.quotaGroups.set(id, group);
    this.#listener.groupsDiffer();
    return group;
  }

  #configOf(id: string): QuotaGroupConfig {
    const declared = this.#declared.get(id);
    const { limits, baseUrl, model } = this.#defaults;
    return {
      id,
      limits: declared?.limits ?? limits,
      baseUrl: declared?.baseUrl ?? baseUrl,
      model: declared?.model ?? model,
    };
  }

  #planOf({ limits }: QuotaGroupConfig): LimitPlan {
    return this.#plans.of(limits, this.#defaults.counting);
  }

  #endpointOf(config: QuotaGroupConfig, now: number): Endpoint {
    const name = config.baseUrl ?? '';
    const known = this.endpoints.get(name);
    if (known !== undefined) return known;
    const endpoint = new Endpoint(config.baseUrl, this.#random, now);
    this.endpoints.set(name, endpoint);
    return endpoint;
  }

  #dropIfEmpty(group: QuotaGroupState): void {
    if (group.keyCount > 0 || this.quotaGroups.get(group.id) !== group) return;
    this.quotaGroups.delete(group.id);
    group.endpoint.quotaGroups.delete(group);
    this.#groupSlots.release(group.slot);
    this.#listener.groupRemoved(group);
  }
}

/** Small integers, used again when they come back. */
class Slots {
  readonly #free: number[] = [];
  #next = 0;

  take(): number {
    return this.#free.pop() ?? this.#next++;
  }

  release(slot: number): void {
    this.#free.push(slot);
  }
}
